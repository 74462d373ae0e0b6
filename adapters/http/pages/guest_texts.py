"""What the pages for guests say, in the five languages in which they are written to."""

from typing import Literal, NamedTuple

GuestLanguage = Literal["fr", "en", "de", "es", "it"]


class Words(NamedTuple):
    fr: str
    en: str
    de: str
    es: str
    it: str


LANGUAGES: dict[GuestLanguage, str] = {
    "fr": "Français",
    "en": "English",
    "de": "Deutsch",
    "es": "Español",
    "it": "Italiano",
}
"""What each calls itself."""

TEXTS = {
    "language": Words("Langue", "Language", "Sprache", "Idioma", "Lingua"),
    "show": Words("Afficher", "Show", "Anzeigen", "Mostrar", "Mostra"),
    "error": Words("Erreur :", "Error:", "Fehler:", "Error:", "Errore:"),
    # Before the questionnaire
    "follow_title": Words(
        "Votre avis compte", "Your opinion counts", "Ihre Meinung zählt", "Su opinión cuenta", "La Sua opinione conta"
    ),
    "follow_text": Words(
        "Dans un instant s’ouvre la page où vous pouvez raconter votre séjour.",
        "The page where you can tell us about your stay opens in a moment.",
        "Gleich öffnet sich die Seite, auf der Sie von Ihrem Aufenthalt erzählen können.",
        "En un momento se abre la página donde puede contarnos su estancia.",
        "Tra un momento si apre la pagina in cui può raccontare il Suo soggiorno.",
    ),
    "follow": Words("Continuer", "Continue", "Weiter", "Continuar", "Continua"),
    # The questionnaire
    "title": Words(
        "Comment s’est passé votre séjour ?",
        "How was your stay?",
        "Wie war Ihr Aufenthalt?",
        "¿Qué tal su estancia?",
        "Com’è andato il Suo soggiorno?",
    ),
    "introduction": Words(
        "Deux minutes suffisent, et l’équipe de l’hôtel lit chaque réponse.",
        "It takes two minutes, and the hotel's team reads every answer.",
        "Zwei Minuten genügen, und das Team des Hotels liest jede Antwort.",
        "Bastan dos minutos, y el equipo del hotel lee cada respuesta.",
        "Bastano due minuti, e il personale dell’hotel legge ogni risposta.",
    ),
    "overall": Words(
        "Votre séjour dans l’ensemble",
        "Your stay overall",
        "Ihr Aufenthalt insgesamt",
        "Su estancia en conjunto",
        "Il Suo soggiorno nel complesso",
    ),
    "required": Words("obligatoire", "required", "erforderlich", "obligatorio", "obbligatorio"),
    "optional": Words("facultatif", "optional", "freiwillig", "opcional", "facoltativo"),
    "in_detail": Words("En détail", "In detail", "Im Einzelnen", "En detalle", "In dettaglio"),
    "mark": Words("{} sur 5", "{} out of 5", "{} von 5", "{} de 5", "{} su 5"),
    "mark_1": Words("très insatisfaisant", "very dissatisfied", "sehr unzufrieden", "muy mal", "molto male"),
    "mark_2": Words("insatisfaisant", "dissatisfied", "unzufrieden", "mal", "male"),
    "mark_3": Words("correct", "as expected", "in Ordnung", "aceptable", "nella norma"),
    "mark_4": Words("satisfaisant", "satisfied", "zufrieden", "bien", "bene"),
    "mark_5": Words("très satisfaisant", "very satisfied", "sehr zufrieden", "muy bien", "molto bene"),
    "no_mark": Words("sans avis", "no opinion", "keine Angabe", "sin opinión", "nessun parere"),
    "comment": Words("Vos mots", "In your words", "In Ihren Worten", "Con sus palabras", "Con parole Sue"),
    "comment_hint": Words(
        "Ce qui vous a plu, ce que nous pouvons faire mieux.",
        "What you liked, and what we can do better.",
        "Was Ihnen gefallen hat und was wir besser machen können.",
        "Lo que le ha gustado y lo que podemos mejorar.",
        "Ciò che Le è piaciuto e ciò che possiamo migliorare.",
    ),
    "email": Words(
        "Votre adresse e-mail",
        "Your e-mail address",
        "Ihre E-Mail-Adresse",
        "Su correo electrónico",
        "Il Suo indirizzo e-mail",
    ),
    "email_hint": Words(
        "Pour que l’hôtel puisse vous répondre.",
        "So that the hotel can answer you.",
        "Damit das Hotel Ihnen antworten kann.",
        "Para que el hotel pueda responderle.",
        "Perché l’hotel possa risponderLe.",
    ),
    "send": Words("Envoyer", "Send", "Absenden", "Enviar", "Invia"),
    "not_sent": Words(
        "Votre avis n’est pas encore envoyé.",
        "Your review is not sent yet.",
        "Ihre Bewertung ist noch nicht abgesendet.",
        "Su opinión aún no se ha enviado.",
        "La Sua recensione non è ancora stata inviata.",
    ),
    "mark_wrong": Words(
        "Choisissez de une à cinq étoiles.",
        "Choose one to five stars.",
        "Wählen Sie einen bis fünf Sterne.",
        "Elija de una a cinco estrellas.",
        "Scelga da una a cinque stelle.",
    ),
    "comment_wrong": Words(
        "10 000 caractères au plus.",
        "10,000 characters at most.",
        "Höchstens 10.000 Zeichen.",
        "10.000 caracteres como máximo.",
        "Al massimo 10.000 caratteri.",
    ),
    "email_wrong": Words(
        "Cette adresse n’est pas complète : nom@example.com.",
        "This is not a whole address: name@example.com.",
        "Das ist keine vollständige Adresse: name@example.com.",
        "Esta dirección no está completa: nombre@example.com.",
        "Questo indirizzo non è completo: nome@example.com.",
    ),
    # After it
    "thanks": Words("Merci !", "Thank you!", "Vielen Dank!", "¡Muchas gracias!", "Grazie!"),
    "arrived": Words(
        "Votre avis est arrivé à l’hôtel.",
        "Your review has reached the hotel.",
        "Ihre Bewertung ist im Hotel angekommen.",
        "Su opinión ha llegado al hotel.",
        "La Sua recensione è arrivata all’hotel.",
    ),
    "changeable": Words(
        "Vous pouvez encore le modifier ici, pendant 24 heures.",
        "You can still change it here, for 24 hours.",
        "Sie können sie hier noch 24 Stunden lang ändern.",
        "Aún puede cambiarla aquí, durante 24 horas.",
        "Può ancora modificarla qui, per 24 ore.",
    ),
    "change": Words("Modifier", "Change", "Ändern", "Cambiar", "Modifica"),
    "closed": Words(
        "Il ne peut plus être modifié.",
        "It can no longer be changed.",
        "Sie kann nicht mehr geändert werden.",
        "Ya no se puede cambiar.",
        "Non può più essere modificata.",
    ),
    "another": Words(
        "Donner un autre avis",
        "Write another review",
        "Noch eine Bewertung",
        "Dar otra opinión",
        "Scriva un’altra recensione",
    ),
    # To get no more messages
    "unsubscribe_title": Words(
        "Ne plus recevoir de messages ?",
        "No more messages?",
        "Keine Nachrichten mehr?",
        "¿No recibir más mensajes?",
        "Non ricevere più messaggi?",
    ),
    "unsubscribe_text": Words(
        "{} ne vous écrira plus avant ni après vos séjours.",
        "{} will no longer write to you before or after your stays.",
        "{} schreibt Ihnen vor und nach Aufenthalten nicht mehr.",
        "{} ya no le escribirá antes ni después de sus estancias.",
        "{} non Le scriverà più prima e dopo i Suoi soggiorni.",
    ),
    "unsubscribe": Words("Me désinscrire", "Unsubscribe", "Abmelden", "Darme de baja", "Annulla l’iscrizione"),
    "unsubscribed": Words("C’est fait.", "Done.", "Erledigt.", "Hecho.", "Fatto."),
    # What there is instead
    "unknown_title": Words(
        "Cette page n’existe pas",
        "There is no such page",
        "Diese Seite gibt es nicht",
        "Esta página no existe",
        "Questa pagina non esiste",
    ),
    "unknown_text": Words(
        "L’adresse a peut-être été coupée : rouvrez le lien du message.",
        "The address may have been cut off: open the link in the message again.",
        "Vielleicht wurde die Adresse abgeschnitten: Öffnen Sie den Link in der Nachricht noch einmal.",
        "Quizá la dirección esté cortada: vuelva a abrir el enlace del mensaje.",
        "Forse l’indirizzo è stato troncato: riapra il link nel messaggio.",
    ),
    "gone_title": Words(
        "Ce lien n’est plus valable",
        "This link is no longer valid",
        "Dieser Link ist nicht mehr gültig",
        "Este enlace ya no es válido",
        "Questo link non è più valido",
    ),
    "gone_text": Words(
        "L’hôtel reste heureux de vous lire : écrivez-lui directement.",
        "The hotel is still glad to hear from you: write to it directly.",
        "Das Hotel freut sich trotzdem, von Ihnen zu hören: Schreiben Sie ihm direkt.",
        "Al hotel le sigue interesando su opinión: escríbale directamente.",
        "L’hotel è comunque lieto di leggerLa: gli scriva direttamente.",
    ),
    "late_title": Words(
        "Votre avis n’a pas été modifié",
        "Your review was not changed",
        "Ihre Bewertung wurde nicht geändert",
        "Su opinión no se ha cambiado",
        "La Sua recensione non è stata modificata",
    ),
    "late_text": Words(
        "Ce que vous venez d’écrire n’a pas été enregistré : un avis se modifie pendant 24 heures. Pour en dire plus, "
        "écrivez directement à l’hôtel.",
        "What you wrote just now was not kept: a review can be changed for 24 hours. To say more, write to the hotel "
        "directly.",
        "Was Sie eben geschrieben haben, wurde nicht gespeichert: Eine Bewertung lässt sich 24 Stunden lang ändern. "
        "Wenn Sie mehr sagen möchten, schreiben Sie dem Hotel direkt.",
        "Lo que acaba de escribir no se ha guardado: una opinión se puede cambiar durante 24 horas. Para decir más, "
        "escriba directamente al hotel.",
        "Ciò che ha appena scritto non è stato salvato: una recensione si può modificare per 24 ore. Per dire altro, "
        "scriva direttamente all’hotel.",
    ),
    "busy_title": Words(
        "Un instant, s’il vous plaît",
        "One moment, please",
        "Einen Moment, bitte",
        "Un momento, por favor",
        "Un momento, per favore",
    ),
    "busy_text": Words(
        "Trop de demandes arrivent à la fois. Revenez à la page précédente et réessayez dans une minute.",
        "Too much is arriving at once. Go back to the previous page and try again in a minute.",
        "Gerade kommt zu viel auf einmal an. Gehen Sie eine Seite zurück und versuchen Sie es in einer Minute noch "
        "einmal.",
        "Están llegando demasiadas cosas a la vez. Vuelva a la página anterior e inténtelo de nuevo dentro de un "
        "minuto.",
        "Stanno arrivando troppe cose insieme. Torni alla pagina precedente e riprovi tra un minuto.",
    ),
}
