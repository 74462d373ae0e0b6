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
    "error": Words("Erreur", "Error", "Fehler", "Error", "Errore"),
    # Before the questionnaire
    "follow_title": Words(
        "Votre avis compte", "Your opinion counts", "Ihre Meinung zählt", "Su opinión cuenta", "La Sua opinione conta"
    ),
    "follow_text": Words(
        "Dans un instant s'ouvre la page où vous pouvez raconter votre séjour.",
        "The page where you can tell about your stay opens in a moment.",
        "Gleich öffnet sich die Seite, auf der Sie von Ihrem Aufenthalt erzählen können.",
        "En un momento se abre la página donde puede contar su estancia.",
        "Tra un momento si apre la pagina in cui può raccontare il Suo soggiorno.",
    ),
    "follow": Words("Continuer", "Continue", "Weiter", "Continuar", "Continua"),
    # The questionnaire
    "title": Words(
        "Comment s'est passé votre séjour ?",
        "How was your stay?",
        "Wie war Ihr Aufenthalt?",
        "¿Qué tal su estancia?",
        "Com'è andato il Suo soggiorno?",
    ),
    "introduction": Words(
        "Une minute suffit, et l'équipe de l'hôtel lit chaque réponse.",
        "It takes a minute, and the hotel's team reads every answer.",
        "Es dauert eine Minute, und das Team des Hotels liest jede Antwort.",
        "Solo lleva un minuto, y el equipo del hotel lee cada respuesta.",
        "Basta un minuto, e il personale dell'hotel legge ogni risposta.",
    ),
    "overall": Words(
        "Votre séjour dans l'ensemble",
        "Your stay as a whole",
        "Ihr Aufenthalt insgesamt",
        "Su estancia en conjunto",
        "Il Suo soggiorno nel complesso",
    ),
    "required": Words("obligatoire", "required", "erforderlich", "obligatorio", "obbligatorio"),
    "optional": Words("facultatif", "optional", "freiwillig", "opcional", "facoltativo"),
    "in_detail": Words("En détail", "In detail", "Im Einzelnen", "En detalle", "In dettaglio"),
    "mark": Words("{} sur 5", "{} out of 5", "{} von 5", "{} de 5", "{} su 5"),
    "mark_1": Words(
        "très insatisfait", "very dissatisfied", "sehr unzufrieden", "muy descontento", "molto insoddisfatto"
    ),
    "mark_2": Words("insatisfait", "dissatisfied", "unzufrieden", "descontento", "insoddisfatto"),
    "mark_3": Words("correct", "as expected", "in Ordnung", "correcto", "nella norma"),
    "mark_4": Words("satisfait", "satisfied", "zufrieden", "contento", "soddisfatto"),
    "mark_5": Words("très satisfait", "very satisfied", "sehr zufrieden", "muy contento", "molto soddisfatto"),
    "no_mark": Words("sans avis", "no opinion", "keine Angabe", "sin opinión", "nessun parere"),
    "comment": Words("Vos mots", "In your words", "In Ihren Worten", "Con sus palabras", "Con parole Sue"),
    "comment_hint": Words(
        "Ce qui vous a plu, ce que nous pouvons faire mieux.",
        "What you liked, and what we can do better.",
        "Was Ihnen gefallen hat, und was wir besser machen können.",
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
        "Pour que l'hôtel puisse vous répondre.",
        "So that the hotel can answer you.",
        "Damit das Hotel Ihnen antworten kann.",
        "Para que el hotel pueda responderle.",
        "Perché l'hotel possa risponderLe.",
    ),
    "send": Words("Envoyer", "Send", "Absenden", "Enviar", "Invia"),
    "not_sent": Words(
        "Votre avis n'est pas encore envoyé.",
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
        "10 000 caractères au plus.",
        "10,000 characters at most.",
        "Höchstens 10.000 Zeichen.",
        "10.000 caracteres como máximo.",
        "Al massimo 10.000 caratteri.",
    ),
    "email_wrong": Words(
        "Cette adresse n'est pas complète : nom@exemple.fr.",
        "This is not a whole address: name@example.com.",
        "Das ist keine vollständige Adresse: name@beispiel.de.",
        "Esta dirección no está completa: nombre@ejemplo.es.",
        "Questo indirizzo non è completo: nome@esempio.it.",
    ),
    # After it
    "thanks": Words("Merci !", "Thank you!", "Vielen Dank!", "¡Muchas gracias!", "Grazie!"),
    "arrived": Words(
        "Votre avis est arrivé à l'hôtel.",
        "Your review has reached the hotel.",
        "Ihre Bewertung ist im Hotel angekommen.",
        "Su opinión ha llegado al hotel.",
        "La Sua recensione è arrivata all'hotel.",
    ),
    "changeable": Words(
        "Vous pouvez encore le modifier ici, pendant un jour.",
        "You can still change it here, for a day.",
        "Einen Tag lang können Sie sie hier noch ändern.",
        "Aún puede cambiarla aquí, durante un día.",
        "Può ancora modificarla qui, per un giorno.",
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
        "Scrivi un'altra recensione",
    ),
    # To get no more messages
    "unsubscribe_title": Words(
        "Ne plus recevoir de messages ?",
        "No more messages?",
        "Keine Nachrichten mehr?",
        "¿No recibir más mensajes?",
        "Nessun altro messaggio?",
    ),
    "unsubscribe_text": Words(
        "{} ne vous écrira plus avant ni après vos séjours.",
        "{} will no longer write to you before or after your stays.",
        "{} schreibt Ihnen vor und nach Aufenthalten nicht mehr.",
        "{} ya no le escribirá antes ni después de sus estancias.",
        "{} non Le scriverà più prima e dopo i Suoi soggiorni.",
    ),
    "unsubscribe": Words("Me désinscrire", "Unsubscribe", "Abmelden", "Darme de baja", "Annulla l'iscrizione"),
    "unsubscribed": Words("C'est fait.", "Done.", "Erledigt.", "Hecho.", "Fatto."),
    # What there is instead
    "unknown_title": Words(
        "Cette page n'existe pas",
        "There is no such page",
        "Diese Seite gibt es nicht",
        "Esta página no existe",
        "Questa pagina non esiste",
    ),
    "unknown_text": Words(
        "L'adresse a peut-être été coupée : rouvrez le lien du message.",
        "The address may have been cut off: open the link in the message again.",
        "Vielleicht ist die Adresse abgeschnitten: Öffnen Sie den Link in der Nachricht noch einmal.",
        "Quizá la dirección esté cortada: vuelva a abrir el enlace del mensaje.",
        "Forse l'indirizzo è stato troncato: riapra il link nel messaggio.",
    ),
    "gone_title": Words(
        "Ce lien n'est plus valable",
        "This link is no longer valid",
        "Dieser Link ist nicht mehr gültig",
        "Este enlace ya no es válido",
        "Questo link non è più valido",
    ),
    "gone_text": Words(
        "L'hôtel reste heureux de vous lire : écrivez-lui directement.",
        "The hotel is still glad to hear from you: write to it directly.",
        "Das Hotel freut sich trotzdem, von Ihnen zu hören: Schreiben Sie ihm direkt.",
        "El hotel sigue encantado de leerle: escríbale directamente.",
        "L'hotel è comunque lieto di leggerLa: gli scriva direttamente.",
    ),
    "busy_title": Words(
        "Un instant, s'il vous plaît",
        "One moment, please",
        "Einen Moment, bitte",
        "Un momento, por favor",
        "Un momento, per favore",
    ),
    "busy_text": Words(
        "Trop d'avis viennent d'arriver d'ici. Revenez à la page précédente et réessayez dans une minute.",
        "Too many reviews have just come from here. Go back to the page before and try again in a minute.",
        "Von hier sind gerade zu viele Bewertungen gekommen. Gehen Sie eine Seite zurück und versuchen Sie es in einer "
        "Minute noch einmal.",
        "Acaban de llegar demasiadas opiniones desde aquí. Vuelva a la página anterior e inténtelo en un minuto.",
        "Da qui sono appena arrivate troppe recensioni. Torni alla pagina precedente e riprovi tra un minuto.",
    ),
}
