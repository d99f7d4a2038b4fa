"""`python -m nightloop.config.documents`: write the schema and the reference page of the loop file."""

from nightloop.config.documents.reference import reference_page
from nightloop.config.loading import PROJECT
from nightloop.config.schema.loop_schema import schema_text

(PROJECT / "include" / "loops" / "schema.json").write_text(schema_text(), encoding="utf-8")
(PROJECT / "docs" / "reference" / "loop-file.md").write_text(reference_page(), encoding="utf-8")
