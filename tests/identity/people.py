"""People who do not exist, as hospitals of many countries write them in Patient's Name."""

from itertools import product

NAMES = [
    "GARCÍA LÓPEZ^JUAN",
    "FERNÁNDEZ DE LA VEGA^MARÍA DOLORES",
    "Ibáñez Muñoz^Íñigo",
    "NÚÑEZ^BEGOÑA",
    "Puig i Cadafalch^Jordi",
    "ROSSI^GIUSEPPE",
    "D'ANGELO^CHIARA",
    "Esposito^Nicolò",
    "DE LUCA^FRANCESCA^^Dott.ssa",
    "Bianchi Ferrari^Elisa",
    "MÜLLER^JÜRGEN",
    "Schäfer^Käthe",
    "von Weizsäcker^Friedrich^^Dr.",
    "STRAUSS-KAHN^PETRA",
    "Großmann^Sören",
    "HOFER^KLAUS-DIETER",
    "LEFÈVRE^ANDRÉ",
    "Dubois-Lacroix^Zoë",
    "MARTIN^JEAN-PIERRE",
    "Bénard^Maëlle",
    "GONÇALVES^JOÃO",
    "da Conceição^Mafalda",
    "TEIXEIRA^LUÍS",
    "VAN DER BERGH^WILLEM",
    "de Vries^Anneke",
    "JANSSENS^KOEN",
    "'t Hooft^Marijke",
    "PAPADOPOULOS^GEORGIOS",
    "Κωνσταντίνου^Ελένη",
    "ΑΝΤΩΝΙΑΔΗΣ^ΒΑΣΙΛΗΣ",
    "KOWALSKI^ŁUKASZ",
    "Wiśniewska^Małgorzata",
    "BRZĘCZYSZCZYKIEWICZ^GRZEGORZ",
    "LINDSTRÖM^ÅSA",
    "Sjöberg^Göran",
    "NOVÁK^JIŘÍ",
    "Dvořáková^Běla",
    "HORVAT^ŽELJKO",
    "Popescu^Ștefan",
    "NAGY-KOVÁCS^ISTVÁN",
    "Иванов^Борис",
    "ЩЕРБАКОВА^ЮЛИЯ",
    "KØBENHAVN^SØREN",
    "Ærø^Bjørn",
    "VIRTANEN^PÄIVI",
    "O'BRIEN^SEÁN",
    "MacDonald^Fiona",
    "SMITH^JOHN^Q",
    "Hodgkinson^Bennett",
]
AMBIGUOUS = [
    "YOUNG^MAY",
    "LONG^HEAD",
    "KING^SAGITTAL",
    "WHITE^GRACE",
    "COSTA^ROSA",
    "LI^WEI",
    "LE^TSE",
    "LANG^KLAUS",
]
"""People who are called like words of protocols, or so briefly that the name could be anything."""

_SURNAMES = """
Alvarez Becker Castellanos Dimitriou Eriksson Fontaine Gutierrez Hofmann Ivanova Jovanovic Kuznetsov Lombardi
Moreau Nielsen Oliveira Petrov Quintero Ricci Santos Takacs Urbano Vasquez Weber Xenakis Yilmaz Zielinski
Andersen Brown Wolf Campos Reyes
"""
_GIVEN = "Ana Carlos Dieter Elena Francois Greta Hugo Irene Jan Karin Luca Marta Nikos Olga Pablo Rosa Sofia Eva Max"
GENERATED = [f"{last.upper()}^{first}" for last, first in product(_SURNAMES.split(), _GIVEN.split())]
