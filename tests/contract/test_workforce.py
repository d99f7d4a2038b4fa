"""The one private workforce is deleted only without teams, and made again under any name."""

MEMBERS = [{"OidcMemberDefinition": {"Groups": ["g"]}}]
TEAM = {"WorkteamName": "a", "Description": "d", "MemberDefinitions": MEMBERS}


def test_a_workforce_with_teams_is_not_deleted(api):
    name, _ = api.team()
    reply = api.call("DeleteWorkforce", {"WorkforceName": "default"})
    assert (reply.status, reply.error["Code"]) == (400, "ResourceInUse")
    api.make("DeleteWorkteam", WorkteamName=name)
    api.make("DeleteWorkforce", WorkforceName="default")


def test_without_a_workforce_there_are_no_teams(api):
    api.make("DeleteWorkforce", WorkforceName="default")
    assert api.make("ListWorkforces")["Workforces"] == []
    for operation, request in (("CreateWorkteam", TEAM), ("DescribeWorkforce", {"WorkforceName": "default"})):
        error = api.call(operation, request).error
        assert error["Code"] == "ValidationException"
        assert "No workforce" in error["Message"]


def test_a_workforce_made_again_has_its_new_name_everywhere(api):
    api.make("DeleteWorkforce", WorkforceName="default")
    arn = api.make("CreateWorkforce", WorkforceName="night")["WorkforceArn"]
    assert arn == "arn:aws:sagemaker:us-east-1:123456789012:workforce/private-crowd/night"
    api.make("CreateWorkteam", **TEAM)
    assert api.make("DescribeWorkteam", WorkteamName="a")["Workteam"]["WorkforceArn"] == arn
    error = api.call("CreateWorkforce", {"WorkforceName": "second"}).error
    assert "Cannot create more than one workforce for account 123456789012" in error["Message"]


def test_the_provider_of_sign_in_is_shown_without_its_secret(api, monkeypatch):
    settings = api.review.settings
    provider = {
        "oidc_issuer": "https://id.example.com",
        "oidc_client_id": "portal",
        "oidc_client_secret": "very secret",
    }
    monkeypatch.setattr(api.review, "settings", settings.model_copy(update=provider))
    reply = api.call("DescribeWorkforce", {"WorkforceName": "default"})
    shown = {"Issuer": "https://id.example.com", "ClientId": "portal", "Scope": "openid email profile"}
    assert reply.parsed["Workforce"]["OidcConfig"] == shown
    assert b"s3cr3t" not in reply.body
