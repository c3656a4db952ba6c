"""The design room: which trial could answer, with how many boroughs and children, before anything is promised."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from parentis.errors import UserError
from parentis.services.trials.protocol.record import CLUSTER, PARALLEL, STEPPED_WEDGE
from parentis.web.error_messages import correction
from parentis.web.trials import designs
from parentis.web.trials.designs import Question
from parentis.web.trials.tables import as_csv, table_of

DESIGNS = {STEPPED_WEDGE: "Stepped wedge: boroughs begin one after the other",
           CLUSTER: "Cluster: half of the boroughs begin", PARALLEL: "Parallel: families are allocated"}  # fmt: skip
FIRST: Mapping[str, Any] = {"design": STEPPED_WEDGE, "boroughs": 30, "steps": "6, 6, 6, 6, 6", "children": 10,
                            "baseline": 44.8, "expected": 36.2, "icc": 0.03, "cac": 1, "outcome": "moves",
                            "less": 25}  # fmt: skip
"What the room opens with: London's example."
WANTED = 0.8


class DesignForm(forms.Form):
    """A design in the words of the specification; shares in per cent."""

    design = forms.ChoiceField(label="Design", choices=list(DESIGNS.items()), widget=forms.RadioSelect)
    boroughs = forms.IntegerField(label="Boroughs", min_value=1, max_value=200)
    steps = forms.CharField(
        label="Boroughs at each step (stepped wedge)", required=False, max_length=200,
        help_text="Numbers with commas, as 6, 6, 6, 6, 6. There is one period more than steps.",
    )  # fmt: skip
    children = forms.IntegerField(
        label="Children", min_value=1, max_value=100_000,
        help_text="In each borough and period; for a parallel trial, in each arm.",
    )  # fmt: skip
    baseline = forms.FloatField(label="Without it, per cent", min_value=0, max_value=100)
    expected = forms.FloatField(label="With it, per cent", min_value=0, max_value=100,
                                help_text="What would be worth having.")  # fmt: skip
    icc = forms.FloatField(label="Correlation within a borough", min_value=0, max_value=0.999, help_text="As 0.03.")
    cac = forms.FloatField(label="Share of it that lasts between periods", min_value=0, max_value=1,
                           help_text="1 if all of it. Stepped wedge only.")  # fmt: skip

    outcome = forms.ChoiceField(
        label="Simulation: what is read of each child", required=False,
        choices=[(one, of.title) for one, of in designs.OUTCOMES.items()],
    )  # fmt: skip
    less = forms.FloatField(
        label="Simulation: how much rarer the new way makes it, per cent", required=False, min_value=1, max_value=95,
        help_text="Moves become so much rarer; for staying in care, the end of care more frequent.",
    )  # fmt: skip

    def clean_steps(self) -> tuple[int, ...]:
        parts = [one for one in self.cleaned_data["steps"].replace(";", ",").replace(" ", ",").split(",") if one]
        if not all(one.isdecimal() and 0 < int(one) < 1000 for one in parts):
            raise forms.ValidationError("Enter whole numbers with commas, as 6, 6, 6, 6, 6.")
        return tuple(map(int, parts))

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean()
        for name in ("baseline", "expected", "icc", "cac", "less"):
            value = given.get(name)
            if value is not None and value != value:
                self.add_error(name, "Enter a number.")
        baseline, expected = given.get("baseline"), given.get("expected")
        if baseline is not None and expected is not None:
            if baseline == expected:
                self.add_error("expected", "Enter another value than without it: an effect of nothing cannot be found.")
            for name, value in (("baseline", baseline), ("expected", expected)):
                if not 0 < value < 100:
                    self.add_error(name, "Enter more than 0 and less than 100 per cent.")
        taken = sum(given.get("steps", ()))
        if given.get("design") == STEPPED_WEDGE and {"steps", "boroughs"} <= set(given) and taken != given["boroughs"]:
            said = f"The steps take {taken} boroughs and {given['boroughs']} take part: make them equal."
            self.add_error("steps", said)
        if given.get("design") == CLUSTER and given.get("boroughs", 4) < 4:
            self.add_error("boroughs", "A cluster trial needs at least 4 boroughs, 2 in each arm.")
        return given

    def question(self) -> Question:
        given = self.cleaned_data
        return Question(
            design=given["design"], boroughs=given["boroughs"],
            steps=given["steps"] if given["design"] == STEPPED_WEDGE else (), children=given["children"],
            baseline=round(given["baseline"] / 100, 9), expected=round(given["expected"] / 100, 9), icc=given["icc"],
            cac=given["cac"], outcome=given["outcome"] or "moves", less=round((given["less"] or 25) / 100, 9),
        )  # fmt: skip


@require_safe
def design(request: HttpRequest) -> HttpResponse:
    """The form and its answer: at once by formula, and the simulation if it was made."""
    form = DesignForm(request.GET or FIRST)
    context: dict[str, Any] = {"form": form, "title": "Design room", "query": request.GET.urlencode()}
    if form.is_valid():
        asked = form.question()
        try:
            context |= _answer(asked)
        except UserError as error:
            context["problem"] = correction(error)
        else:
            context |= {
                "job": designs.job_of(asked, request.user), "simulated": _simulated(asked),
                "hidden": _texts(asked).items(),
            }  # fmt: skip
    return render(request, "trials/design.html", context)


@require_safe
def design_csv(request: HttpRequest) -> HttpResponse:
    """The table of power by children as a file."""
    form = DesignForm(request.GET or FIRST)
    rows = []
    if form.is_valid():
        asked = form.question()
        rows = [(number, designs.power_of(asked, number).power) for number in designs.around(asked.children)]
    return as_csv("design-room", ("children", "power"), rows)


@require_POST
def simulate(request: HttpRequest) -> HttpResponse:
    """Ask the worker to simulate the design; the page waits for it."""
    form = DesignForm(request.POST)
    if not form.is_valid():
        return render(request, "trials/design.html", {"form": form, "title": "Design room"}, status=400)
    asked = form.question()
    designs.ask(asked, request.user)
    return redirect(f"{reverse('trials-design')}?{urlencode(_texts(asked))}")


def _texts(asked: Question) -> dict[str, str]:
    """A question as the form has it."""
    return {
        "design": asked.design, "boroughs": str(asked.boroughs), "steps": ", ".join(map(str, asked.steps)),
        "children": str(asked.children), "baseline": f"{asked.baseline * 100:g}",
        "expected": f"{asked.expected * 100:g}", "icc": f"{asked.icc:g}", "cac": f"{asked.cac:g}",
        "outcome": asked.outcome, "less": f"{asked.less * 100:g}",
    }  # fmt: skip


def _answer(asked: Question) -> dict[str, Any]:
    power = designs.power_of(asked)
    whole, half = designs.alone(asked)
    rows = [
        (f"{number:,}", _percent(designs.power_of(asked, number).power)) for number in designs.around(asked.children)
    ]
    unit = "Children in each arm" if asked.design == PARALLEL else "Children in each borough and period"
    return {
        "power": _percent(power.power), "enough": power.power >= WANTED, "points": f"{abs(power.effect) * 100:.1f}",
        "error": f"{power.error * 100:.1f}", "alone": f"{whole:,}", "alone_half": f"{half:,}",
        "few": asked.design != PARALLEL and asked.boroughs < designs.FEWEST, "fewest": designs.FEWEST,
        "boroughs": asked.boroughs,
        "tables": [table_of("Power by number of children", (unit, "Power"), rows), _london()],
    }  # fmt: skip


def _simulated(asked: Question) -> str:
    """The simulation in a sentence; empty if it was not made."""
    found = designs.simulated(asked)
    if found is None:
        return ""
    told, read = found.answer, designs.OUTCOMES[asked.outcome].title
    return (
        f"{read}: {told['baseline']:.1%} of children without the new way, {100 * told['effect']:+.1f} percentage "
        f"points with it. {told['simulations']:,} trials on children of the forecasts’ model, with their own entry "
        f"rates, moves and differences between boroughs, find that with a chance of {told['power']:.0%} "
        f"({told['low']:.1%} to {told['high']:.1%}); where the new way does nothing, {told['type_one']:.1%} find "
        f"something all the same. Worked out in {told['seconds']:.0f} seconds."
    ).replace("-", "−")


def _london() -> Any:
    rows = [
        ("30 boroughs, 5 steps of 6, 44.8 to 36.2 per cent", str(one.children), f"{one.icc:g}", f"{one.cac:g}",
         _percent(designs.power_of(one).power))
        for one in designs.LONDON
    ]  # fmt: skip
    return table_of(
        "London: what a stepped wedge of the whole city could find",
        ("Design", "Children in each borough and period", "Correlation within a borough", "Share that lasts", "Power"),
        rows,
    )


def _percent(share: float) -> str:
    return f"{share:.0%}"
