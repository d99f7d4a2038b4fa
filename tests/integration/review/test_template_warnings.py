"""A template with an element the service does not have: kept, and said so in the log."""

import uuid


def test_an_element_we_do_not_have_is_logged_when_the_template_is_created(service):
    name = f"ui-{uuid.uuid4().hex[:8]}"
    service.client("sagemaker").create_human_task_ui(
        HumanTaskUiName=name,
        UiTemplate={"Content": "<crowd-form><crowd-hologram name='x'></crowd-hologram></crowd-form>"},
    )
    said = [line for line in service.log.splitlines() if name in line]

    assert any("<crowd-hologram> is not an element this service has" in line for line in said)
