"""What guests say in the demo, in French and in English, and what hotels give: by the name of the code."""

from typing import NamedTuple


class Sentence(NamedTuple):
    fr: str
    en: str


COMPLAINTS = {
    "Bruit": (
        Sentence("Travaux dès 7 h sous nos fenêtres.", "Building works under our window from 7 a.m."),
        Sentence("Les voisins ont fait la fête jusqu'à 3 h.", "The people next door partied until 3 a.m."),
        Sentence("L'ascenseur s'entend toute la nuit.", "We heard the lift all night long."),
    ),
    "Propreté": (
        Sentence("Cheveux dans la douche à notre arrivée.", "There was hair in the shower when we arrived."),
        Sentence("Chambre pas faite à 17 h.", "The room had not been made up at 5 p.m."),
        Sentence("Draps tachés, changés après deux appels.", "Stained sheets, changed after two calls."),
    ),
    "Accueil": (
        Sentence("Quarante minutes d'attente à la réception.", "We waited forty minutes at the reception."),
        Sentence("Notre réservation était introuvable.", "Nobody could find our booking."),
    ),
    "Petit déjeuner": (
        Sentence("Plus de pain ni de café à 9 h 15.", "No bread and no coffee left at 9.15."),
        Sentence("Rien pour les personnes intolérantes au gluten.", "Nothing without gluten at the buffet."),
    ),
    "Température": (
        Sentence("La climatisation coule sur le lit.", "The air conditioning drips on the bed."),
        Sentence("16 degrés dans la chambre, chauffage en panne.", "16 degrees in the room, the heating is broken."),
    ),
    "Facturation": (
        Sentence("Le minibar est facturé, nous n'y avons pas touché.", "Charged for a minibar we never opened."),
        Sentence("Deux nuits débitées deux fois.", "Two nights were charged twice."),
    ),
}
PRAISE = {
    "Accueil": (
        Sentence("Équipe aux petits soins, merci à la réception !", "The team at the reception was wonderful!"),
        Sentence("On nous a surclassés pour nos dix ans de mariage.", "Upgraded for our tenth anniversary."),
    ),
    "Petit déjeuner": (
        Sentence("Le meilleur petit déjeuner de la côte.", "The best breakfast on the coast."),
        Sentence("Confitures maison, un régal.", "Home-made jams, delicious."),
    ),
    "Propreté": (Sentence("Chambre impeccable chaque jour.", "A spotless room every day."),),
}
OCCASIONS = {
    "Anniversaire": "Anniversaire pendant le séjour",
    "Voyage de noces": "Jeunes mariés",
    "VIP": "Client fidèle, attention de la direction",
}
ITEMS = {
    "Bouteille de vin": 1_850,
    "Corbeille de fruits": 900,
    "Petit déjeuner offert": 1_600,
    "Surclassement": 4_500,
    "Départ tardif": 2_000,
    "Nuit offerte": 11_900,
}
"""What is given, and its value in cents."""

EMPLOYEES = {
    "Camille Le Bihan": "camille.lebihan@rivage.example",
    "Malo Tessier": "malo.tessier@rivage.example",
    "Inês Duarte": "ines.duarte@rivage.example",
}
AUTHORS = ("Claire D.", "Marco", "Sarah T.", "Jürgen K.", "Nadia", "Famille Rousseau")
"""Names as portals show them."""

ANSWER = """\
Madame, Monsieur,

Merci de nous l'avoir dit. Nous avons vu ce point avec l'équipe et serions heureux de vous accueillir de nouveau.

Camille Le Bihan"""
