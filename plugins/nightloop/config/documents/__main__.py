"""Write the documents of the loop file: `python -m nightloop.config.documents`."""

from nightloop.config.documents.reference import reference_page
from nightloop.config.loading import PROJECT
from nightloop.config.schema.loop_schema import schema_text


def main() -> None:
    """Write the schema that editors read, and the reference page."""
    (PROJECT / "include" / "loops" / "schema.json").write_text(schema_text(), encoding="utf-8")
    (PROJECT / "docs" / "reference" / "loop-file.md").write_text(reference_page(), encoding="utf-8")


if __name__ == "__main__":
    main()
