"""
An engine of a suite's own (conformance_main.c) and the S3 that it fetches from.
"""
import datetime
import http.server
import json
import os
import pathlib
import shutil
import subprocess
import sys
import threading

HERE = pathlib.Path(__file__).parent
SKIPPED = 77

S3_ACCESS_KEY = "AKIATHEENGINE"
S3_SECRET_KEY = "of-the-engine"
REGION = "us-east-1"


def skip(reason):
    """A failure where CI is set: there everything must run."""
    print(f"skipped: {reason}", file=sys.stderr)
    sys.exit(1 if os.environ.get("CI") else SKIPPED)


def photo_bytes(name):
    folder = os.environ.get("FACEWIRE_PHOTOS") or HERE / "../../../shared/photos"
    path = pathlib.Path(folder) / name
    if not path.exists():
        skip(f"there is no photo {path}")
    return path.read_bytes()


class Store(http.server.BaseHTTPRequestHandler):
    """S3 with one bucket, photos, that is out of order in every way."""

    protocol_version = "HTTP/1.1"
    slow_came = threading.Event()
    slow_may_go = threading.Event()
    answers = {
        "denied.jpg": (403, b"<Error><Code>AccessDenied</Code></Error>"),
        "busy.jpg": (503, b"<Error><Code>SlowDown</Code></Error>"),
        "broken.jpg": (500, b"<Error><Code>InternalError</Code></Error>"),
        "huge.jpg": (200, b"\xff\xd8" + bytes(15 * 1024 * 1024)),
    }

    def do_GET(self):
        bucket, _, name = self.path.lstrip("/").partition("/")
        status, body = 404, b"<Error><Code>NoSuchKey</Code></Error>"
        if not self.is_signed():
            status, body = 403, b"<Error><Code>SignatureDoesNotMatch</Code></Error>"
        elif bucket == "photos" and name in self.answers:
            status, body = self.answers[name]
        elif bucket == "photos" and name == "slow.jpg":
            self.slow_came.set()
            self.slow_may_go.wait(60)
            status, body = 200, photo_bytes("f1-dad-1.jpg")
        elif bucket == "photos" and name.startswith("shared/"):
            status, body = 200, photo_bytes(name.removeprefix("shared/"))
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        try:
            self.wfile.write(body)
        except ConnectionError:
            pass  # it was too much

    def is_signed(self):
        """Whether botocore would have signed it so."""
        from botocore.auth import S3SigV4Auth
        from botocore.awsrequest import AWSRequest
        from botocore.credentials import Credentials

        given = self.headers.get("Authorization", "")
        signed = given.partition("SignedHeaders=")[2].partition(",")[0].split(";")
        request = AWSRequest(
            "GET",
            f"http://{self.headers['Host']}{self.path}",
            headers={name: self.headers[name] for name in signed},
        )
        stamp = self.headers["X-Amz-Date"]
        request.context["timestamp"] = stamp
        auth = S3SigV4Auth(Credentials(S3_ACCESS_KEY, S3_SECRET_KEY), "s3", REGION)
        canonical = auth.canonical_request(request)
        signature = auth.signature(auth.string_to_sign(request, canonical), request)
        signed_at = datetime.datetime.strptime(stamp + "+0000", "%Y%m%dT%H%M%SZ%z")
        age = datetime.datetime.now(datetime.timezone.utc) - signed_at
        return given.endswith(f"Signature={signature}") and abs(age.total_seconds()) < 300

    def log_message(self, *_):
        pass


class Stage:
    def __init__(self, folder="engine", **settings):
        program = os.environ.get("FACEWIRE_CONFORMANCE_ENGINE")
        if not program:
            skip("FACEWIRE_CONFORMANCE_ENGINE: run it through ctest")
        photo_bytes("f1-dad-1.jpg")
        self.folder = folder
        self.objects = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Store)
        threading.Thread(target=self.objects.serve_forever, daemon=True).start()
        shutil.rmtree(folder, ignore_errors=True)
        os.mkdir(folder)
        self.process = subprocess.Popen(
            [program],
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={
                **os.environ,
                "FACEWIRE_ENGINE_S3_ENDPOINT": "http://127.0.0.1:%d"
                % self.objects.server_port,
                "FACEWIRE_ENGINE_S3_ACCESS_KEY": S3_ACCESS_KEY,
                "FACEWIRE_ENGINE_S3_SECRET_KEY": S3_SECRET_KEY,
                **settings,
            },
        )
        line = self.process.stdout.readline()
        if not line:
            sys.exit(self.process.wait())
        facts = json.loads(line)
        self.url = f"http://127.0.0.1:{facts['port']}"
        self.access_key = facts["access_key"]
        self.secret_key = facts["secret_key"]

    def kill(self):
        """Ends the engine as hard as can be, and starts it again."""
        self.process.stdin.write("kill\n")
        self.process.stdin.flush()
        self.process.stdout.readline()

    def stop(self):
        self.process.stdin.close()
        status = self.process.wait()
        self.process.stdout.close()
        self.objects.shutdown()
        self.objects.server_close()
        assert status == 0, f"the engine did not end well: its log is in {self.folder}"


def refusals(face_id):
    """The rows of refusals.json, with all that stands for something else."""

    def fill(value):
        if isinstance(value, dict) and "photo" in value:
            return photo_bytes(value["photo"])
        if isinstance(value, dict) and "letters" in value:
            return b"x" * value["letters"]
        if isinstance(value, dict):
            return {k: fill(v) for k, v in value.items()}
        if isinstance(value, list):
            return [fill(v) for v in value]
        return face_id if value == "$face" else value

    rows = json.loads((HERE / "refusals.json").read_text())["rows"]
    return [{**row, "input": fill(row["input"])} for row in rows]
