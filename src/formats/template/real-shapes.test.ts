/** Shapes of real templates that name one another in circles: they are followed to their end. */

import { expect, it } from "vitest";

import { rulesOf, scanBytes } from "../../../test/scan-bytes.ts";

const CIRCLES = `{% macro call(message) %}{% set call = message['content'] %}
{% if call.function %}{% set call = call.function %}{% endif %}{% set arguments = call['arguments'] %}
{% if arguments is not string %}{% set arguments = arguments|tojson %}{% endif %}
{{ render({'role': 'function call', 'content': '{"name": "' ~ call['name'] ~ '", ' ~ arguments ~ '}'}) }}{% endmacro %}
{% macro render(message) %}{{ message['role'] ~ message['content'] }}{% endmacro %}
{% macro parameters(properties) %}{% for key, value in properties|dictsort %}
{% if value.properties %}{{ parameters(value['properties']) }}{% endif %}
{% for inner, item in value['items'].items() %}{{ parameters(item) }}{% endfor %}{% endfor %}{% endmacro %}
{% for message in messages %}{{ call({'role': 'a', 'content': message.tool_calls[0]}) }}
{{ parameters(message.tools[0]['properties']) }}{{ render(message) }}{% endfor %}`;

it("follows names in circles to their end", async () => {
  const report = await scanBytes(Buffer.from(CIRCLES), "chat_template.jinja");
  expect(rulesOf(report)).toEqual([]);
  expect(report.issues).toEqual([]);
  expect(report.verdict).toBe("clean");
});
