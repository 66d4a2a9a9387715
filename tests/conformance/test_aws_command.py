"""
The engine, asked by Debian's aws command: every operation once, and every kind
of refusal.  The command starts a Python each time, so nothing is asked twice.
"""
import base64
import concurrent.futures
import json
import os
import pathlib
import re
import subprocess
import sys
import unittest

import service_model
from service_model import SHAPES
from stage import REGION, Stage, photo_bytes, refusals, skip

AWS = os.environ.get("FACEWIRE_AWS") or "/usr/bin/aws"
ARN = f"arn:aws:rekognition:{REGION}:000000000000:collection/people"

stage = None


def setUpModule():
    global stage
    if not pathlib.Path(AWS).exists():
        skip("the aws command is missing: Debian has it as awscli")
    stage = Stage()
    service_model.write_models("models")


def tearDownModule():
    stage.stop()


def kebab(name):
    return re.sub(r"(?<!^)([A-Z])", r"-\1", name).lower()


def run(operation, *arguments):
    command = [AWS, "rekognition", kebab(operation), *arguments]
    # Debian's command knows no AWS_ENDPOINT_URL_REKOGNITION yet.
    command += ["--endpoint-url", stage.url, "--output", "json"]
    return subprocess.run(
        command,
        capture_output=True,
        text=True,
        env={
            **os.environ,
            "AWS_DATA_PATH": os.path.abspath("models"),
            "AWS_ACCESS_KEY_ID": stage.access_key,
            "AWS_SECRET_ACCESS_KEY": stage.secret_key,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_MAX_ATTEMPTS": "1",
            "AWS_PAGER": "",
        },
    )


def ask(operation, *arguments):
    done = run(operation, *arguments)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout or "{}")


def photo_file(name):
    path = pathlib.Path(name)
    path.write_bytes(photo_bytes(name))
    return f"fileb://{path}"


PEOPLE = ("--collection-id", "people")
DAD = (*PEOPLE, "--user-id", "dad")


class Operations(unittest.TestCase):
    """A story of one collection; each operation is asked for once or more."""

    def test_every_operation_is_answered(self):
        asked = set()

        def tell(operation, *arguments):
            asked.add(operation)
            return ask(operation, *arguments)

        dad, mom = photo_file("f1-dad-1.jpg"), photo_file("f1-mom-1.jpg")
        group = photo_file("f1-group.jpg")

        made = tell("CreateCollection", *PEOPLE, "--tags", "k=v")
        self.assertEqual("arn:" + made["CollectionArn"], ARN)
        tell("TagResource", "--resource-arn", ARN, "--tags", "a=1,b=2")
        tell("UntagResource", "--resource-arn", ARN, "--tag-keys", "b")
        tags = tell("ListTagsForResource", "--resource-arn", ARN)["Tags"]
        self.assertEqual(tags, {"k": "v", "a": "1"})

        answer = tell("IndexFaces", *PEOPLE, "--image-bytes", dad, "--external-image-id", "dad:1")
        face = answer["FaceRecords"][0]["Face"]["FaceId"]
        ask("IndexFaces", *PEOPLE, "--image-bytes", mom)
        ask("IndexFaces", *PEOPLE, "--image", json.dumps(
            {"S3Object": {"Bucket": "photos", "Name": "shared/obama-1.jpg"}}))
        listed = tell("ListFaces", *PEOPLE, "--page-size", "1")["Faces"]
        self.assertEqual(len(listed), 3)
        found = tell("SearchFacesByImage", *PEOPLE, "--image-bytes", group,
                     "--face-match-threshold", "0", "--max-faces", "3")["FaceMatches"]
        self.assertEqual(len(found), 3)
        answer = tell("SearchFaces", *PEOPLE, "--face-id", face)
        self.assertEqual(answer["FaceMatches"], [])
        self.assertEqual(len(tell("DetectFaces", "--image-bytes", group)["FaceDetails"]), 4)
        answer = tell("CompareFaces", "--source-image-bytes", dad, "--target-image-bytes", group)
        self.assertEqual((len(answer["FaceMatches"]), len(answer["UnmatchedFaces"])), (1, 3))

        tell("CreateUser", *DAD)
        answer = tell("AssociateFaces", *DAD, "--face-ids", face)
        self.assertEqual(answer["UserStatus"], "ACTIVE")
        self.assertEqual(tell("ListUsers", *PEOPLE)["Users"],
                         [{"UserId": "dad", "UserStatus": "ACTIVE"}])
        self.assertEqual(tell("SearchUsers", *PEOPLE, "--user-id", "dad")["UserMatches"], [])
        answer = tell("SearchUsersByImage", *PEOPLE, "--image-bytes", dad)
        self.assertEqual(answer["UserMatches"][0]["User"]["UserId"], "dad")
        facts = tell("DescribeCollection", *PEOPLE)
        self.assertEqual((facts["FaceCount"], facts["UserCount"]), (3, 1))
        answer = tell("DisassociateFaces", *DAD, "--face-ids", face)
        self.assertEqual(answer["UserStatus"], "CREATED")
        tell("DeleteUser", *DAD)
        answer = tell("DeleteFaces", *PEOPLE, "--face-ids", face)
        self.assertEqual(answer["DeletedFaces"], [face])
        self.assertEqual(tell("ListCollections")["CollectionIds"], ["people"])
        self.assertEqual(tell("DeleteCollection", *PEOPLE)["StatusCode"], 200)
        self.assertEqual(asked, set(SHAPES["operations"]))


class Refusals(unittest.TestCase):
    def test_every_kind_of_refusal_is_told(self):
        ask("CreateCollection", *PEOPLE)
        answer = ask("IndexFaces", *PEOPLE, "--image-bytes", photo_file("f1-dad-1.jpg"))
        face = answer["FaceRecords"][0]["Face"]["FaceId"]
        ask("CreateUser", *DAD, "--client-request-token", "dads-token")
        rows = {}  # the first of each kind
        for row in refusals(face):
            rows.setdefault(row["type"], row)
        self.assertEqual(len(rows), 12)
        with concurrent.futures.ThreadPoolExecutor(4) as several:
            for row, done in several.map(refuse, rows.values()):
                with self.subTest(row["operation"], type=row["type"]):
                    self.assertNotEqual(done.returncode, 0)
                    self.assertRegex(
                        done.stderr,
                        rf"An error occurred \({row['type']}\) when calling the "
                        rf"{row['operation']} operation.*?: {re.escape(row['message'])}",
                    )
        ask("DeleteCollection", *PEOPLE)


def refuse(row):
    return row, run(row["operation"], "--cli-input-json", as_text(row["input"]))


def as_text(members):
    def plain(value):
        return base64.b64encode(value).decode()

    text = json.dumps(members, default=plain)
    if len(text) < 100000:
        return text
    path = pathlib.Path(f"input-{len(text)}.json")  # no argument may be so long
    path.write_text(text)
    return f"file://{path}"


if __name__ == "__main__":
    unittest.main(verbosity=2, argv=[sys.argv[0], *sys.argv[1:]])
