"""`python -m nightloop.config.documents`: write the schema and the reference page of the loop file."""

from nightloop.config.documents.reference import reference_page
from nightloop.config.documents.schema import schema_text
from nightloop.config.loading import PROJECT

(PROJECT / "include" / "loops" / "schema.json").write_text(schema_text(), encoding="utf-8")
(PROJECT / "docs" / "reference" / "loop-file.md").write_text(reference_page(), encoding="utf-8")
