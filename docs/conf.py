"""The site: ``sphinx-build -W -n docs build/site`` after an installation with the docs extra. Nothing is fetched."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

import asciichat

SOURCE = Path(asciichat.__file__).parent

project = "asciichat"
version = release = asciichat.__version__
author = "the contributors of asciichat"
project_copyright = author
html_title = f"asciichat {version}"
html_theme = "furo"
html_copy_source = False

extensions = ["myst_parser", "sphinx.ext.autodoc", "numpydoc"]
exclude_patterns = ["images/*"]
default_role = "code"
pygments_style = "friendly"

myst_enable_extensions = ["html_image"]
myst_heading_anchors = 4

autodoc_default_options = {"members": True, "member-order": "bysource"}
autodoc_typehints_format = "short"
autodoc_use_legacy_class_based = (
    True  # the other one of Sphinx 9.0 asks for no signature where it found none itself
)
maximum_signature_line_length = 90  # longer ones: a parameter a line
numpydoc_show_class_members = False  # autodoc lists them
numpydoc_attributes_as_param_list = True

# What others document: without a network their pages cannot be looked up.
nitpick_ignore_regex = [
    ("py:.*", r"(numpy|np|npt|av|collections|os|pathlib|ssl|socket|asyncio|types|cryptography)\..*"),
    ("py:.*", r"(NDArray|Callable|Iterable|Iterator|Sequence|Path)"),
    ("py:class", r".*\b_\w+|P|T"),  # type variables, and aliases within stubs
    ("py:class", r"((tuple|dict)\[\w+|:1'\))"),  # numpydoc on defaults that are tuples
    # What one is given by others here, and does not make.
    ("py:class", r"(.*\.)?(Signer|HandshakeResult|CodecChoice|Wait|Color|Mode|Seating|Pipe|DrawnVideo)"),
]


@cache
def stub(module: str) -> dict[str, tuple[str | None, str | None]]:
    """What the .pyi of a compiled module says: documentation and signature, by name within the module."""
    path = SOURCE / (module.removeprefix("asciichat.").replace(".", "/") + ".pyi")
    found: dict[str, tuple[str | None, str | None]] = {}

    def read(body: list[ast.stmt], prefix: str) -> None:
        for node in body:
            if isinstance(node, ast.ClassDef):
                found[prefix + node.name] = (ast.get_docstring(node), None)
                read(node.body, f"{prefix}{node.name}.")
            elif isinstance(node, ast.FunctionDef):
                arguments = ast.unparse(node.args)
                if prefix:
                    arguments = re.sub(r"^self(, )?", "", arguments)
                result = f" -> {ast.unparse(node.returns)}" if node.returns else ""
                found[prefix + node.name] = (ast.get_docstring(node), f"({arguments}){result}")
            elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                found[prefix + node.target.id] = (None, None)

    if path.exists():
        read(ast.parse(path.read_text()).body, "")
    return found


def stub_of(obj: object, name: str, member: str = "") -> tuple[str | None, str | None]:
    """What the .pyi says of an object of the compiled core, called `name` here, or of a member of it; nothing of another."""
    module = getattr(getattr(obj, "__objclass__", obj), "__module__", None) or ""
    if not module.startswith("asciichat._core."):
        return None, None
    qualified = getattr(obj, "__qualname__", None) or name.rpartition(".")[2]
    return stub(module).get(qualified + member, (None, None))


def document(_: Sphinx, what: str, name: str, obj: object, options: object, lines: list[str]) -> None:
    """Take the documentation from the .pyi where the compiled module has none."""
    if not any(line.strip() for line in lines):
        text, _signature = stub_of(obj, name)
        if text:
            lines[:] = text.splitlines()


def keep(_: Sphinx, what: str, name: str, obj: object, skip: bool, options: object) -> bool | None:
    """Do not leave out what is documented in the .pyi."""
    return False if skip and stub_of(obj, name)[0] and not name.startswith("_") else None


def sign(
    _: Sphinx, what: str, name: str, obj: object, options: object, signature: str | None, returns: str | None
) -> tuple[str, str | None] | None:
    """Take the signature from the .pyi: compiled modules know less of it."""
    _text, given = stub_of(obj, name, ".__init__" if what == "class" else "")
    if given is None:
        return None
    arguments, _, result = given.partition(") -> ")
    return (arguments.removesuffix(")") + ")", None if what == "class" else result or None)


def resolve(
    app: Sphinx, env: BuildEnvironment, node: pending_xref, content: nodes.TextElement
) -> nodes.Node | None:
    """Find what is documented under the name it is imported by: `asciichat.server.server.Server` is `asciichat.Server`."""
    if node.get("refdomain") != "py":
        return None
    domain: Any = env.domains["py"]
    target: str = node["reftarget"]
    for length in (1, 2):  # a class or function; a method of a class
        tail = target.split(".")[-length:]
        if len(tail) < length:
            break
        matches = [name for name in domain.objects if name.split(".")[-length:] == tail]
        matches = [name for name in matches if domain.objects[name].objtype != "module"]
        if len(matches) == 1:
            return domain.resolve_xref(env, node["refdoc"], app.builder, "obj", matches[0], node, content)
    return None


def inside(app: Sphinx, page: str, source: list[str]) -> None:
    """Links to files beside docs/: to their page here, if they have one. Pages that are listed nowhere: in the last list."""
    source[0] = source[0].replace("](../SECURITY.md)", "](security.md)")
    # A page of the tests is none here.
    source[0] = re.sub(r"\[([^]]*)\]\((?:\.\./)+(tests/[^)]*)\)", r"\1 (`\2`)", source[0])
    if page == "index":
        listed = source[0].split()
        names = sorted(path.stem for path in Path(app.srcdir).glob("*.md"))
        more = [name for name in names if name not in (*listed, "index")]
        source[0] = source[0].rstrip().removesuffix("```") + "".join(f"{name}\n" for name in more) + "```\n"


def setup(app: Sphinx) -> None:
    """What Sphinx calls."""
    app.connect("autodoc-process-docstring", document, priority=400)  # before napoleon reads it
    app.connect("autodoc-skip-member", keep)
    app.connect("autodoc-process-signature", sign)
    app.connect("missing-reference", resolve)
    app.connect("source-read", inside)
