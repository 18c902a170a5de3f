"""Sentences of languages for which no rule knows a word of kinship or an address, with people whom no record names.

Nobody in them exists. `{g}` is a given name, `{f}` a family name, `{a}` an address.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Language:
    """Sentences, people and addresses of one language."""

    sentences: tuple[tuple[str, str], ...]
    """A sentence, and the words of it that must stay."""
    people: tuple[tuple[str, str], ...]
    addresses: tuple[str, ...]

    def filled(self) -> list[tuple[str, tuple[str, ...], str]]:
        """Return sentences, with the words that must go and the words that must stay."""
        found = []
        for turn, (given, family) in enumerate(self.people):
            address = self.addresses[turn % len(self.addresses)]
            for sentence, stays in self.sentences:
                gone = tuple(
                    part
                    for mark, value in (("{g}", given), ("{f}", family), ("{a}", address))
                    if mark in sentence
                    for part in value.replace(",", " ").replace("-", " ").split()
                    if len(part) > 2 and (part[0].isupper() or mark != "{a}")
                )
                found.append((sentence.format(g=given, f=family, a=address), gone, stays))
        return found


LANGUAGES = {
    "sk": Language(
        (
            ("Pacientka prišla so susedom, {g} {f}, pre bolesti chrbta.", "bolesti chrbta"),
            ("Opis prevzala {g} {f}, bytom {a}, pri prepustení.", "pri prepustení"),
            ("Kontaktná osoba: {g} {f}, {a}. Ložisko v pečeni bez zmeny.", "Ložisko v pečeni bez zmeny"),
            ("Nález treba poslať lekárke {f}, nie na oddelenie.", "nie na oddelenie"),
        ),
        (("Bronislava", "Hrnčiarková"), ("Ľudovít", "Sklenár"), ("Zlatica", "Pastierová"), ("Dezider", "Mlynárčik")),
        ("Lipová 27/4", "Hradná ulica 118", "Záhradnícka 5, Nová Dedinka", "Na Sihoti 12"),
    ),
    "sl": Language(
        (
            ("Bolnico je pripeljal sosed {g} {f} zaradi bolečin v hrbtu.", "zaradi bolečin v hrbtu"),
            ("Živi skupaj z gospo {g} {f}, {a}, brez zasevkov v jetrih.", "brez zasevkov v jetrih"),
            ("Izvid naj se pošlje na naslov {a}, prevzame {g} {f}.", "Izvid naj se pošlje"),
            ("O izvidu je obveščena zdravnica {f}, kontrola čez tri mesece.", "kontrola čez tri mesece"),
        ),
        (("Zvonka", "Podgoršek"), ("Slavko", "Hribernik"), ("Majda", "Kovačec"), ("Črtomir", "Zajelšnik")),
        ("Prešernova cesta 41", "Zgornja vas 8", "Cvetlična ulica 3a", "Pod hribom 15, Dolnja Brda"),
    ),
    "nb": Language(
        (
            ("Pasienten kom sammen med naboen {g} {f} på grunn av smerter i ryggen.", "smerter i ryggen"),
            ("Svaret sendes til {g} {f}, {a}, uten forsinkelse.", "uten forsinkelse"),
            ("Pårørende: {g} {f}, {a}. Ingen metastaser i lever.", "Ingen metastaser i lever"),
            ("Ringte fastlegen {f} om funnet, ny undersøkelse om tre måneder.", "ny undersøkelse om tre måneder"),
        ),
        (("Torbjørg", "Fossheim"), ("Øyvind", "Kleppestø"), ("Gunnhild", "Myrvold"), ("Audun", "Bratteli")),
        ("Kirkeveien 88 B", "Øvre Storgate 14", "Bjørkelia 3, Nordvik", "Fjellhamarlia 27"),
    ),
    "et": Language(
        (
            ("Patsient tuli koos naabri {g} {f} seljavalu tõttu uuringule.", "seljavalu tõttu uuringule"),
            ("Vastus palutakse saata aadressil {a}, saaja {g} {f}.", "Vastus palutakse saata"),
            ("Elab koos {g} {f} majas, {a}; maksas metastaase ei ole.", "maksas metastaase ei ole"),
            ("Leiust on teatatud doktor {f}, kordusuuring kolme kuu pärast.", "kordusuuring kolme kuu pärast"),
        ),
        (("Maarika", "Tammeveski"), ("Heino", "Kuusemäe"), ("Virve", "Rebasteoja"), ("Taavi", "Põldsaar")),
        ("Kase tänav 14-3", "Rebasemäe 7", "Õunapuu 22, Uusküla", "Jõekalda 9"),
    ),
    "lt": Language(
        (
            ("Pacientę atlydėjo kaimynas {g} {f} dėl nugaros skausmo.", "dėl nugaros skausmo"),
            ("Atsakymą prašoma siųsti {g} {f}, {a}, kuo greičiau.", "kuo greičiau"),
            ("Gyvena kartu su {g} {f}, {a}. Kepenyse metastazių nėra.", "Kepenyse metastazių nėra"),
            ("Apie radinį pranešta gydytojai {f}, kontrolė po trijų mėnesių.", "kontrolė po trijų mėnesių"),
        ),
        (("Genovaitė", "Vaičiukėnienė"), ("Algirdas", "Girdžiūnas"), ("Danguolė", "Petrulytė"),
         ("Vytenis", "Kalniškis")),
        ("Liepų g. 18-4", "Aušros alėja 33", "Ąžuolų 6, Naujakiemis", "Beržyno 41"),
    ),
    "lv": Language(
        (
            ("Pacienti atveda kaimiņš {g} {f} muguras sāpju dēļ.", "muguras sāpju dēļ"),
            ("Atbildi lūdz sūtīt {g} {f}, {a}, bez kavēšanās.", "bez kavēšanās"),
            ("Dzīvo kopā ar {g} {f}, {a}. Aknās metastāžu nav.", "Aknās metastāžu nav"),
            ("Par atradi ziņots ārstei {f}, kontrole pēc trim mēnešiem.", "kontrole pēc trim mēnešiem"),
        ),
        (("Skaidrīte", "Bērzkalne"), ("Aivars", "Ozolnieks"), ("Velga", "Zvirbule"), ("Imants", "Kalnpurs")),
        ("Liepu iela 12-7", "Kļavu aleja 30", "Rožu 5, Jaunciems", "Ausekļu 44"),
    ),
    "bg": Language(
        (
            ("Пациентката дойде със съседа {g} {f} заради болки в гърба.", "заради болки в гърба"),
            ("Отговорът да се изпрати на {g} {f}, {a}, възможно най-скоро.", "възможно най-скоро"),
            ("Живее заедно с {g} {f}, {a}. Няма метастази в черния дроб.", "Няма метастази в черния дроб"),
            ("За находката е уведомена лекарката {f}, контрол след три месеца.", "контрол след три месеца"),
        ),
        (("Пенка", "Бояджиева"), ("Светлозар", "Чакъров"), ("Цветанка", "Гърдева"), ("Добромир", "Караиванов")),
        ("ул. Липа 14", "Цар Самуил 33", "Зорница 8, Горна Липница", "Черешова градина 21"),
    ),
    "is": Language(
        (
            ("Sjúklingur kom með nágrannanum {g} {f} vegna bakverkja.", "vegna bakverkja"),
            ("Svarið sendist til {g} {f}, {a}, sem fyrst.", "sem fyrst"),
            ("Býr með {g} {f}, {a}. Meinvörp sjást ekki í lifur.", "Meinvörp sjást ekki í lifur"),
            ("Haft var samband við lækninn {f} um niðurstöðuna.", "um niðurstöðuna"),
        ),
        (("Sigurveig", "Hafliðadóttir"), ("Þorgrímur", "Skagfjörð"), ("Ásdís", "Melsteð"),
         ("Hallfreður", "Arnljótsson")),
        ("Birkihlíð 14", "Hafnarbraut 9", "Fífusund 3, Nývík", "Lækjarbotnar 22"),
    ),
    "ca": Language(
        (
            ("La pacient ve amb el veí {g} {f} per dolor a l'esquena.", "per dolor a l'esquena"),
            ("L'informe s'envia a {g} {f}, {a}, sense demora.", "sense demora"),
            ("Viu amb {g} {f}, {a}. No hi ha metàstasis al fetge.", "No hi ha metàstasis al fetge"),
            ("S'ha avisat la doctora {f} de la troballa, control en tres mesos.", "control en tres mesos"),
        ),
        (("Montserrat", "Puigdellívol"), ("Jaumet", "Vilaseca"), ("Remei", "Casadevall"), ("Oleguer", "Torrabadella")),
        ("carrer de la Font 14", "Passeig Nou 33, 2n 1a", "Alzina 8, Vilanoveta", "Rovira 21"),
    ),
}
