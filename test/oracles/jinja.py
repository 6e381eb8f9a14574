"""What Jinja 2 says of templates. Reads a JSON list of templates from standard input, writes a JSON list.

parse: whether each parses; null where Jinja itself gives up on depth.
render: "refused" where the sandbox refused an internal, "rendered", or "failed" for any other error. That it also
refuses to change lists and dictionaries does not count.
"""

import json
import sys

from jinja2 import TemplateSyntaxError, nodes
from jinja2.ext import Extension
from jinja2.sandbox import ImmutableSandboxedEnvironment, SandboxedEnvironment


class Generation(Extension):
    """Stands in for the tag that transformers adds."""

    tags = {"generation"}

    def parse(self, parser):
        line = next(parser.stream).lineno
        body = parser.parse_statements(("name:endgeneration",), drop_needle=True)
        return nodes.Scope(body, lineno=line)


class Watching(ImmutableSandboxedEnvironment):
    refused = False

    def is_safe_attribute(self, obj, attr, value):
        if not SandboxedEnvironment.is_safe_attribute(self, obj, attr, value):
            self.refused = True
        return super().is_safe_attribute(obj, attr, value)


EXTENSIONS = ["jinja2.ext.do", "jinja2.ext.loopcontrols", Generation]


def parse(template):
    try:
        ImmutableSandboxedEnvironment(extensions=EXTENSIONS).parse(template)
    except TemplateSyntaxError:
        return False
    except RecursionError:
        return None
    return True


def render(template):
    environment = Watching(extensions=EXTENSIONS)
    messages = [{"role": "user", "content": "hello", "x": "y"}]
    try:
        environment.from_string(template).render(
            messages=messages, bos_token="<s>", x=messages, y={"content": "role"}
        )
    except Exception:
        return "refused" if environment.refused else "failed"
    return "refused" if environment.refused else "rendered"


judge = {"parse": parse, "render": render}[sys.argv[1]]
json.dump([judge(template) for template in json.load(sys.stdin)], sys.stdout)
