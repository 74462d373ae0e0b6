"""Why a message was not sent, or is sent later: one sentence for each reason, in English and in French."""

from application.problem_texts import Text
from domain.invitation import Delay, Reason

SENTENCES: dict[Reason | Delay, Text] = {
    Reason.STAFF: Text("Somebody on the staff cancelled it.", "Un membre de l'équipe l'a annulé."),
    Reason.NOT_ENABLED: Text("The property does not send this message.", "L'établissement n'envoie pas ce message."),
    Reason.NO_DATE: Text(
        "The stay has no date to count from.", "Le séjour n'a pas de date à partir de laquelle compter."
    ),
    Reason.STAY_GONE: Text("The stay was cancelled or removed.", "Le séjour a été annulé ou retiré."),
    Reason.UNREACHABLE: Text(
        "The guest, or their contact person, has neither an e-mail address nor a mobile number.",
        "Le client, ou sa personne de contact, n'a ni adresse e-mail ni numéro de mobile.",
    ),
    Reason.BOUNCED: Text(
        "Messages to the addresses of the guest, or their contact person, cannot be delivered.",
        "Les messages aux adresses du client, ou de sa personne de contact, ne peuvent être remis.",
    ),
    Reason.UNSUBSCRIBED: Text(
        "The guest, or their contact person, wants no messages.",
        "Le client, ou sa personne de contact, ne souhaite pas recevoir de messages.",
    ),
    Reason.BLOCKED: Text(
        "The guest, or their contact person, is blocked.", "Le client, ou sa personne de contact, est bloqué."
    ),
    Reason.FORGOTTEN: Text("The guest was anonymised.", "Le client a été anonymisé."),
    Reason.ASKED_TOO_RECENTLY: Text(
        "The guest, or their contact person, was asked for a review not long before.",
        "Le client, ou sa personne de contact, a été invité à donner un avis peu de temps auparavant.",
    ),
    Reason.TOO_LATE: Text("It would have come too late.", "Le message serait arrivé trop tard."),
    Reason.SAME_STAY: Text(
        "The guest gets it about another room of the same stay.",
        "Le client le reçoit pour une autre chambre du même séjour.",
    ),
    Reason.SAME_GROUP: Text(
        "The contact person gets it about another guest of the group.",
        "La personne de contact le reçoit pour un autre client du groupe.",
    ),
    Delay.STAY: Text("The stay or the guest's profile changed.", "Le séjour ou la fiche du client a changé."),
    Delay.SETTINGS: Text("The settings of the property changed.", "Les réglages de l'établissement ont changé."),
    Delay.QUIET_HOURS: Text("It waits for the end of the quiet hours.", "Il attend la fin des heures calmes."),
    Delay.OPEN_COMPLAINT: Text(
        "It waits until the guest's complaint is settled.", "Il attend que la réclamation du client soit réglée."
    ),
}
