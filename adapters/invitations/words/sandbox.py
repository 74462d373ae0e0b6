"""Templates of an organisation: what may stand in one, and what becomes of it; nothing in one can run or take time."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from itertools import pairwise

from jinja2 import StrictUndefined, Template, TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

SANDBOX = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False)


class TemplateWrong(Exception):
    """A template that cannot be taken; `code` is one of application.problem_texts."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def check(source: str, names: Iterable[str]) -> None:
    """Only text, `{{ name }}`, and `{% if name %}` with its `{% else %}` and `{% endif %}`, with none in another.

    Raises TemplateWrong.
    """
    try:
        for node in SANDBOX.parse(source).body:
            _check_statement(node, frozenset(names))
    except (TemplateSyntaxError, RecursionError) as error:
        raise TemplateWrong("template-broken") from error


def stands_apart(source: str, name: str) -> bool:
    """Whether the name is in all that this template makes, somewhere with white space or nothing after it."""
    top: list[nodes.Node | None] = []
    for statement in SANDBOX.parse(source).body:
        top += statement.nodes if isinstance(statement, nodes.Output) else [statement]
    return any(
        after is None or (isinstance(after, nodes.TemplateData) and after.data[0].isspace())
        for node, after in pairwise([*top, None])
        if isinstance(node, nodes.Name) and node.name == name
    )


def filled(source: str, values: Mapping[str, str]) -> str:
    """A template that was checked, with these values."""
    return _compiled(source).render(values)


def _check_statement(node: nodes.Node, names: frozenset[str]) -> None:
    match node:
        case nodes.Output():
            _check_output(node, names)
        case nodes.If(test=nodes.Name(name=name), body=body, elif_=[], else_=other):
            _check_name(name, names)
            for each in (*body, *other):
                if not isinstance(each, nodes.Output):
                    raise TemplateWrong("template-forbidden")
                _check_output(each, names)
        case _:
            raise TemplateWrong("template-forbidden")


def _check_output(output: nodes.Output, names: frozenset[str]) -> None:
    for node in output.nodes:
        match node:
            case nodes.TemplateData():
                pass
            case nodes.Name(name=name):
                _check_name(name, names)
            case _:
                raise TemplateWrong("template-forbidden")


def _check_name(name: str, names: frozenset[str]) -> None:
    if name not in names:
        raise TemplateWrong("template-name-unknown")


@lru_cache(maxsize=1_000)
def _compiled(source: str) -> Template:
    """Compiling takes a hundred times as long as filling."""
    return SANDBOX.from_string(source)
