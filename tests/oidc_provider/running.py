"""The provider as a process, and a browser without a screen that signs in at it."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import socket
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path
from urllib.parse import parse_qs, urljoin, urlsplit

import httpx
import pytest
from joserfc.jwk import RSAKey

HERE = Path(__file__).parent
BUILD = HERE.parents[1] / "build" / "oidc_provider"
CLIENT, SECRET, NAMED = "nightloop-review", "a secret: of the tests", re.compile(r'name="(\w+)" value="([^"]*)"')


def installed() -> Path:
    """Install the locked packages into build/, once for each lock file; a failure is one, not a skip."""
    if shutil.which("node") is None:
        pytest.skip("node is not installed")
    files = [HERE / name for name in ("package.json", "package-lock.json", "server.js")]
    digest = hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:16]
    folder = BUILD / digest
    if not folder.exists():
        BUILD.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(dir=BUILD))
        for file in files:
            shutil.copy(file, fresh)
        command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        done = subprocess.run(command, cwd=fresh, capture_output=True, text=True, timeout=240, check=False)
        assert done.returncode == 0, f"npm ci failed:\n{done.stderr}"
        with suppress(OSError):  # another process was first
            fresh.rename(folder)
        shutil.rmtree(fresh, ignore_errors=True)
    return folder


class OidcProvider:
    """A certified provider on a port of its own; `world` is what it knows at this moment."""

    def __init__(
        self, folder: Path, redirect_uri: str, signed_out_uri: str, *, claims_in_userinfo: bool = True
    ) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.issuer = f"http://127.0.0.1:{self.port}"
        self.folder, self.redirect_uri, self.signed_out_uri = folder, redirect_uri, signed_out_uri
        self.claims_in_userinfo = claims_in_userinfo
        self.process: subprocess.Popen[str] | None = None
        self.knows(accounts={})

    def knows(self, **world: object) -> None:
        """Replace what the provider knows: accounts by login, and what it does wrong."""
        file = self.folder / "world.json"
        file.with_suffix(".new").write_text(json.dumps({"accounts": {}} | world))
        file.with_suffix(".new").rename(file)

    def starts(self) -> OidcProvider:
        """Start it with new keys."""
        key = RSAKey.generate_key(2048, {"use": "sig", "kid": os.urandom(6).hex(), "alg": "RS256"})
        client = {
            "client_id": CLIENT,
            "client_secret": SECRET,
            "redirect_uris": [self.redirect_uri],
            "post_logout_redirect_uris": [self.signed_out_uri],
        }
        settings = {
            "port": self.port,
            "world": str(self.folder / "world.json"),
            "clients": [client, client | {"client_id": "another-client"}],
            "jwks": {"keys": [key.as_dict(private=True)]},
            "conform_id_token_claims": self.claims_in_userinfo,
        }
        environment = os.environ | {"OIDC_SETTINGS": json.dumps(settings), "NODE_ENV": "test"}
        self.process = subprocess.Popen(
            ["node", "server.js"],
            cwd=installed(),
            env=environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        for line in self.process.stdout:
            if "listening" in line:
                return self
        return pytest.fail(f"the provider ended with {self.process.wait(10)}")

    def stops(self) -> None:
        """End it."""
        if self.process:
            self.process.kill()
            self.process.wait(10)
            self.process.stdout.close()
            self.process = None


class ProviderPages:
    """The provider's own pages in a browser without a screen."""

    def __init__(self, provider: OidcProvider) -> None:
        self.provider = provider
        self.browser = httpx.Client(timeout=30)

    def signs_in(self, address: str, login: str) -> str:
        """Sign in and agree; answer the address the browser is sent back to."""
        return self._goes_through(address, {"login": {"login": login, "password": "any"}, "consent": {}})

    def cancels(self, address: str) -> str:
        """Press Cancel; answer the address the browser is sent back to."""
        answer = self._follow(self.browser.get(address))
        link = re.search(r'href="([^"]*/abort)"', answer.text)[1]
        return self._follow(self.browser.get(urljoin(str(answer.url), link)))

    def _goes_through(self, address: str, forms: dict[str, dict[str, str]]) -> str:
        answer = self._follow(self.browser.get(address))
        while not isinstance(answer, str):
            fields = dict(NAMED.findall(answer.text))
            action = re.search(r'<form[^>]*action="([^"]+)"', answer.text)[1]
            answer = self._follow(
                self.browser.post(urljoin(str(answer.url), action), data=fields | forms[fields["prompt"]])
            )
        return answer

    def _follow(self, answer: httpx.Response) -> httpx.Response | str:
        while answer.is_redirect:
            place = urljoin(str(answer.url), answer.headers["location"])
            if not place.startswith(self.provider.issuer):
                return place
            answer = self.browser.get(place)
        assert answer.status_code == 200, answer.text
        return answer


def parameters(address: str) -> dict[str, str]:
    """Read the query of an address."""
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
