"""Classes and descriptions that render a Django field as a GOV.UK component."""

from django import forms, template
from django.forms.widgets import Input
from django.utils.safestring import SafeString

register = template.Library()

CLASSES: tuple[tuple[type[forms.Widget], str], ...] = (
    (forms.Textarea, "govuk-textarea"),
    (forms.FileInput, "govuk-file-upload"),
    (forms.CheckboxInput, "govuk-checkboxes__input"),
    (forms.Select, "govuk-select"),
    (Input, "govuk-input"),
)


@register.filter
def drawn(field: forms.BoundField) -> SafeString:
    """The field's input, with its class, its `aria-describedby` and its error state."""
    widget = field.field.widget
    name = next((name for kind, name in CLASSES if isinstance(widget, kind)), "")
    widget.attrs.pop("placeholder", None)  # a placeholder disappears on typing, and is too pale to read
    described = [f"{field.auto_id}_hint"] if field.help_text else []
    if field.errors:
        described.append(f"{field.auto_id}_error")
        name += f" {name}--error"
    given = widget.attrs.get("class", "")
    attrs = {"class": f"{name} {given}".strip()}
    if described:
        attrs["aria-describedby"] = " ".join(described)
    return field.as_widget(attrs=attrs)


@register.filter
def kind(field: forms.BoundField) -> str:
    """`radios`, `checkboxes`, `checkbox`, or `input` for every other."""
    widget = field.field.widget
    if isinstance(widget, forms.CheckboxSelectMultiple):
        return "checkboxes"
    if isinstance(widget, forms.RadioSelect):
        return "radios"
    return "checkbox" if isinstance(widget, forms.CheckboxInput) else "input"


@register.filter
def naming(error: str, field: forms.BoundField) -> str:
    """An error's message with the name of its field, where the message does not have it: `Start date: Enter a day.`"""
    label, message = str(field.label or "").strip(), str(error)
    if not label:
        return message
    if message == str(forms.Field.default_error_messages["required"]):
        return f"{label}: Fill this in." if kind(field) == "input" else f"{label}: Choose one."
    if label.rstrip("?").lower() in message.lower():
        return message
    return f"{label}: {message}"
