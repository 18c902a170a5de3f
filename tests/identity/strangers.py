"""Sentences in which people and places stand that no record of the patient names. Nobody of them exists.

For each language: people as given name and family name, sentences with a place for a person, for a family name
alone, and for an address.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Language:
    """People and sentences of one language."""

    people: tuple[tuple[str, str], ...]
    sentences: tuple[str, ...]
    """`{g}` is a given name, `{f}` a family name."""
    addresses: tuple[str, ...]
    around: tuple[str, ...]
    """Sentences with `{}` for an address."""

    def named(self) -> list[tuple[str, tuple[str, ...]]]:
        """Return sentences with the words of the names in them."""
        return [
            (
                sentence.format(g=given, f=family),
                tuple(part for part, mark in ((given, "{g}"), (family, "{f}")) if mark in sentence),
            )
            for given, family in self.people
            for sentence in self.sentences
        ]

    def placed(self) -> list[tuple[str, str]]:
        """Return sentences with the address in them."""
        return [(sentence.format(address), address) for address in self.addresses for sentence in self.around]


LANGUAGES = {
    "es": Language(
        (("Rosalía", "Echevarría"), ("Fermín", "Olmedo Tejada"), ("Noelia", "Piñeiro"), ("Gorka", "Zubizarreta"),
         ("Inmaculada", "de la Peña"), ("Sergio", "Casanova")),
        ("Se avisa a la nuera {g} {f} para recoger el informe.", "Acude con su hermano {g} {f}, que traduce.",
         "Prueba pedida por {g} {f} desde consulta.", "La paciente convive con {g} {f} desde hace años.",
         "Comentado con la enfermera {f} por teléfono.", "{g} {f} firma el consentimiento como tutora."),
        ("calle del Arenal 14, 3º izda", "Avda. de la Constitución nº 27", "46018 Valencia", "Plaza Nueva, 6"),
        ("Vive en {} con su pareja.", "Enviar copia a {}, gracias."),
    ),
    "it": Language(
        (("Ginevra", "Sottile"), ("Tarcisio", "Brambilla"), ("Ornella", "De Marchi"), ("Pierfrancesco", "Lo Cascio"),
         ("Loredana", "Zanella"), ("Nazzareno", "Frattini")),
        ("Ho parlato con la nuora {g} {f} al telefono.", "Accompagnata dal genero {g} {f} in reparto.",
         "Esame richiesto da {g} {f} del reparto.", "La paziente vive con {g} {f} in campagna.",
         "Avvisato il fratello {f} del risultato.", "{g} {f} chiede copia del referto."),
        ("via dei Tigli 8", "Corso Vittorio Emanuele 112", "40122 Bologna", "piazza Dante, 3"),
        ("Abita in {} con il figlio.", "Spedire il CD a {}, grazie."),
    ),
    "de": Language(
        (("Friedlinde", "Oberhauser"), ("Traugott", "Niedermeyer"), ("Annegret", "Kessler"),
         ("Korbinian", "Stadlbauer"), ("Ute", "Brandt"), ("Rüdiger", "von der Heyden")),
        ("Die Schwiegertochter {g} {f} wurde telefonisch informiert.", "Begleitet vom Bruder {g} {f} zur Untersuchung.",
         "Befund bitte an {g} {f} schicken.", "Die Patientin lebt mit {g} {f} zusammen.",
         "Telefonat mit dem Hausarzt {f} ist erfolgt.", "{g} {f} hat als Betreuer unterschrieben."),
        ("Am Mühlbach 12", "Kastanienallee 33a", "80469 München", "Goethestr. 5"),
        ("Der Patient ist in der {} gemeldet.", "Wohnhaft {}, bitte Brief senden."),
    ),
    "el": Language(
        (("Ευανθία", "Καραμήτσου"), ("Στέλιος", "Ραφτόπουλος"), ("Χρυσάνθη", "Μπακάλη"), ("Λάμπρος", "Τσιτσιρίγκος"),
         ("Γαρυφαλλιά", "Δελή"), ("Θωμάς", "Βλαχάκης")),
        ("Μίλησα με τη νύφη {g} {f} για την εξέταση.", "Τον συνοδεύει ο αδελφός {g} {f} από το χωριό.",
         "Η εξέταση ζητήθηκε από {g} {f} χθες.", "Ο ασθενής ζει με {g} {f} στο ίδιο σπίτι.",
         "Ενημερώθηκε ο γιατρός {f} για το εύρημα.", "{g} {f} παρέλαβε τον φάκελο και υπέγραψε."),
        ("οδός Αγίου Δημητρίου 48", "Λεωφόρος Κηφισίας 120", "262 21 Πάτρα", "Πλατεία Κοραή 4"),
        ("Μένει στην {} με την οικογένεια.", "Να σταλεί αντίγραφο στην {}, ευχαριστώ."),
    ),
    "pl": Language(
        (("Bogumiłą", "Szczepaniak"), ("Ryszardem", "Kołodziejczykiem"), ("Genowefą", "Mazurek"),
         ("Zdzisławem", "Ptakiem"), ("Urszulą", "Grabowską"), ("Bartłomiejem", "Zającem")),
        ("Rozmawiano z synową {g} {f} przez telefon.", "Pacjentka przyszła z bratem {g} {f} na badanie.",
         "Badanie omówiono z {g} {f} po południu.", "Pacjent mieszka razem z {g} {f} od roku.",
         "Wynik przekazano, kontakt z opiekunem {f} w sprawie opisu.", "Zgodę podpisano razem z {g} {f} na oddziale."),
        ("ul. Kwiatowa 17/3", "al. Niepodległości 210", "31-042 Kraków", "os. Słoneczne 8 m. 21"),
        ("Chory mieszka przy {} z rodziną.", "Proszę wysłać opis na {}, dziękuję."),
    ),
    "pt": Language(
        (("Deolinda", "Figueiredo"), ("Aníbal", "Quaresma"), ("Graciete", "Pestana"), ("Firmino", "Vilas Boas"),
         ("Sílvia", "Nogueira"), ("Hélder", "da Cunha")),
        ("Falei com a nora {g} {f} ao telefone.", "Veio acompanhado do irmão {g} {f} ao exame.",
         "Exame pedido por {g} {f} da consulta.", "A doente vive com {g} {f} há dez anos.",
         "Informada a enfermeira {f} do resultado.", "{g} {f} assinou o consentimento em nome da doente."),
        ("Rua do Almada, 154", "Avenida da Liberdade nº 33", "3000-213 Coimbra", "Travessa do Carmo 9"),
        ("Mora na {} com o filho.", "Enviar cópia para {}, obrigado."),
    ),
    "fr": Language(
        (("Ghislaine", "Pellerin"), ("Barnabé", "Le Goff"), ("Océane", "Dutilleul"), ("Régis", "Montagnier"),
         ("Huguette", "de Villeneuve"), ("Thibault", "Rousselot")),
        ("Appel de la belle-sœur {g} {f} ce matin.", "Le patient est venu avec son gendre {g} {f} en voiture.",
         "Examen demandé par {g} {f} en consultation.", "La patiente habite avec {g} {f} depuis peu.",
         "Résultat transmis à l'infirmière {f} par téléphone.", "{g} {f} a signé le consentement pour elle."),
        ("8 bis rue des Lilas", "24, avenue Jean Jaurès", "33000 Bordeaux", "3 impasse du Moulin"),
        ("Demeurant {} avec sa sœur.", "Merci d'envoyer une copie au {}, cordialement."),
    ),
    "nl": Language(
        (("Geertruida", "Hoekstra"), ("Jurriaan", "van Leeuwen"), ("Tineke", "Brouwer"), ("Sietse", "Postma"),
         ("Hendrikje", "ter Horst"), ("Maarten", "Schuurman")),
        ("Gebeld met schoonzus {g} {f} over de uitslag.", "Patiënt kwam met zijn broer {g} {f} naar het onderzoek.",
         "Aangevraagd door {g} {f} van de polikliniek.", "Mevrouw woont samen met {g} {f} in de stad.",
         "De huisarts {f} is op de hoogte gebracht.", "{g} {f} heeft voor haar getekend."),
        ("Lindenlaan 45", "Prinsengracht 263-2", "3511 LX Utrecht", "Marktplein 2a"),
        ("Zij woont op {} met haar man.", "Graag een kopie sturen naar {}, dank."),
    ),
    "sv": Language(
        (("Gunborg", "Hallqvist"), ("Torgny", "Ekström"), ("Ingalill", "Sandberg"), ("Sixten", "Rosengren"),
         ("Märta", "af Klint"), ("Håkan", "Wiklund")),
        ("Jag har ringt svärdottern {g} {f} om svaret.", "Patienten kom med sin bror {g} {f} till röntgen.",
         "Undersökningen är begärd av {g} {f} på mottagningen.", "Hon bor tillsammans med {g} {f} i huset.",
         "Sjuksköterskan {f} är informerad om fyndet.", "{g} {f} har skrivit under för henne."),
        ("Björkvägen 18", "Drottninggatan 71B", "411 05 Göteborg", "Stora torget 3"),
        ("Patienten bor på {} med sin man.", "Skicka gärna en kopia till {}, tack."),
    ),
    "ro": Language(
        (("Smaranda", "Olteanu"), ("Tiberiu", "Vlăsceanu"), ("Domnica", "Ursu"), ("Neculai", "Bălan"),
         ("Viorica", "Sandu"), ("Răzvan", "Cojocaru")),
        ("Am vorbit cu nora {g} {f} la telefon.", "Pacientul a venit cu fratele {g} {f} la examinare.",
         "Examinare cerută de {g} {f} din ambulatoriu.", "Pacienta locuiește cu {g} {f} de doi ani.",
         "Rezultatul a fost comunicat asistentei {f} aseară.", "{g} {f} a semnat acordul pentru pacientă."),
        ("str. Mihai Eminescu nr. 25", "Bd. Unirii 14, bl. C3, ap. 20", "400124 Cluj-Napoca", "Aleea Castanilor 6"),
        ("Locuiește pe {} cu familia.", "Vă rog să trimiteți o copie la {}, mulțumesc."),
    ),
    "en": Language(
        (("Rosalind", "Hathersage"), ("Niamh", "Gallagher"), ("Clive", "Pemberton"), ("Fiona", "Abernethy"),
         ("Gareth", "Llewellyn"), ("Maureen", "O'Shea")),
        ("Spoke with her niece {g} {f} about the result.", "Brought in by his brother {g} {f} this morning.",
         "The scan was requested by {g} {f} in clinic.", "She lives with {g} {f} in the village.",
         "The nurse {f} was told of the finding.", "{g} {f} signed the form for her."),
        ("17 Orchard Lane", "4a St Mary's Road", "221 Baker Street", "9 Mill Close"),
        ("The patient lives at {} with her son.", "Please send a copy to {}, thanks."),
    ),
    "ja": Language(
        (("Keiko", "Matsubara"), ("Tetsuo", "Hoshino"), ("Sachiko", "Kurokawa"), ("Hiroyuki", "Endo"),
         ("Mayumi", "Ogata"), ("Shinji", "Nakagawa")),
        ("kanja no musume {f} {g} ni denwa de setsumei shita.", "otto no {f} {g} ga tsukisoi de kita.",
         "kensa wa {f} {g} kara irai ga atta.", "{f}-san ni renraku shita."),
        ("Midori-cho 4-12-3", "〒150-0042", "Honmachi 2-5-1", "Sakuragaoka-machi 7-1"),
        ("kanja wa {} ni sunde iru.",),
    ),
    "zh": Language(
        (("Xiulan", "Zheng"), ("Jianguo", "Ouyang"), ("Meiling", "Huang"), ("Zhiqiang", "Deng"), ("Yuping", "Cao"),
         ("Haiyan", "Peng")),
        ("yu huanzhe de nüer {f} {g} dianhua lianxi.", "zhangfu {f} {g} pei ta lai jiancha.",
         "jiancha you {f} {g} zai menzhen shenqing."),
        ("Zhongshan Lu 118 hao", "Renmin Dajie 25"),
        ("huanzhe zhu zai {} he jiaren.",),
    ),
}  # fmt: skip

MORE = {
    "es": (
        (
            "Llamar al yerno, {}, si hay cambios.",
            "Le trae su vecina {}.",
            "Atendida por {}, TER de turno.",
            "Pendiente de que {} traiga los estudios previos.",
        ),
        ("Jacobo Ullastres", "Maruja Barrientos", "Tomás Guijarro Pérez", "Amaya Landa"),
    ),
    "it": (
        (
            "Chiamare la cognata, {}, per il ritiro.",
            "Lo accompagna la badante {}.",
            "Paziente seguita da {} presso altro centro.",
            "In attesa che {} porti gli esami precedenti.",
        ),
        ("Gerardina Palumbo", "Oreste Bevilacqua", "Mirko Santoro", "Assunta Di Pietro"),
    ),
    "de": (
        (
            "Bitte die Nichte, {}, anrufen.",
            "In Begleitung der Nachbarin {} erschienen.",
            "Voraufnahmen bringt {} morgen mit.",
            "Gespräch mit Ehemann {} geführt, einverstanden.",
        ),
        ("Liesbeth Hackl", "Gottlieb Zimmermann", "Svenja Petersen", "Otmar Fuchs"),
    ),
    "el": (
        (
            "Να ειδοποιηθεί η ανιψιά, {}, για το αποτέλεσμα.",
            "Τη φέρνει η γειτόνισσα {}.",
            "Παρακολουθείται από {} σε άλλο κέντρο.",
            "Αναμένεται να φέρει {} τις παλιές εξετάσεις.",
        ),
        ("Κυριακή Σταματοπούλου", "Μηνάς Ξενάκης", "Φρόσω Λιάπη", "Αρίστος Γκίκας"),
    ),
    "pl": (
        (
            "Proszę dzwonić do siostrzenicy, {}, w razie pytań.",
            "Przywieziona przez sąsiada {}.",
            "Opiekę sprawuje {} z innej poradni.",
            "Poprzednie badania dostarczy {} jutro.",
        ),
        ("Lucyna Wrona", "Kazimierz Borkowski", "Iwona Sikora", "Feliks Jędrzejczak"),
    ),
    "pt": (
        (
            "Ligar à cunhada, {}, se houver dúvidas.",
            "Trazida pela vizinha {}.",
            "Seguida por {} noutro centro.",
            "Aguarda que {} traga os exames anteriores.",
        ),
        ("Lurdes Carvalhal", "Zeferino Matos", "Benvinda Rosado", "Ivo Sarmento"),
    ),
    "fr": (
        (
            "Prévenir la nièce, {}, en cas de changement.",
            "Amenée par sa voisine {}.",
            "Suivie par {} dans un autre centre.",
            "En attente des clichés que {} doit apporter.",
        ),
        ("Solange Perrault", "Aristide Bonnefoy", "Maëva Kerjean", "Jean-Luc Delorme"),
    ),
    "nl": (
        (
            "Graag nicht, {}, bellen bij vragen.",
            "Gebracht door buurvrouw {}.",
            "Onder controle bij {} in een ander centrum.",
            "Oude beelden worden door {} meegebracht.",
        ),
        ("Wilma Veenstra", "Dirk-Jan Hofman", "Fatima El Amrani", "Roos van der Meulen"),
    ),
    "sv": (
        (
            "Ring gärna systerdottern, {}, vid frågor.",
            "Kom hit med grannen {}.",
            "Följs av {} på annan klinik.",
            "Tidigare bilder lämnas av {} i morgon.",
        ),
        ("Gudrun Åkesson", "Lennart Bergman", "Yasmine Haddad", "Ove Lindgren"),
    ),
    "ro": (
        (
            "Vă rugăm sunați nepoata, {}, pentru rezultat.",
            "Adusă de vecinul {}.",
            "Urmărită de {} în alt centru.",
            "Investigațiile vechi vor fi aduse de {} mâine.",
        ),
        ("Florica Dumitrescu", "Gheorghe Pânzaru", "Mihaela Rusu", "Costel Barbu"),
    ),
    "ja": (
        ("ane no {} ga kinjo ni sunde iru.", "tantoi wa {} desu.", "mae no gazo wa {} ga motte kuru."),
        ("Yamashita Hiroko", "Fujii Naoto", "Okada Rika"),
    ),
    "zh": (
        (
            "qing lianxi jiejie {} qu jieguo.",
            "you linju {} song lai yiyuan.",
            "zhiqian de pianzi {} mingtian dai lai.",
        ),
        ("Zhao Guiying", "Sun Lijun", "Qian Doudou"),
    ),
}
"""Sentences with `{}` for a person, and people."""
