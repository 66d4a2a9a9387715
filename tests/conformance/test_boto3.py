"""
The engine, asked by Debian's boto3: every operation, every error, every limit
of the service model.  Every answer is held against the model as it comes.
"""
import concurrent.futures
import datetime
import json
import os
import sys
import unittest

from stage import REGION, Stage, Store, photo_bytes, refusals, skip

try:
    import boto3
    import botocore.config
    import botocore.exceptions
except ImportError:
    skip("boto3 is missing: Debian has it as python3-boto3")

import conformity
import service_model
from service_model import SHAPES

NOBODY = "00000000-0000-4000-8000-000000000000"
ARN = f"arn:aws:rekognition:{REGION}:000000000000:collection/"

stage = None


def check_answer(http_response, model, **_):
    """Every answer, as it came, before boto3 has left anything out."""
    assert http_response.headers["Content-Type"] == "application/x-amz-json-1.1"
    assert http_response.headers["Date"].endswith(" GMT")
    assert len(http_response.headers["x-amzn-RequestId"]) == 36
    answer = json.loads(http_response.text)
    assert ("__type" in answer) == (http_response.status_code != 200)
    if http_response.status_code == 200:
        conformity.check(SHAPES["operations"][model.name]["output"], answer, model.name)


def make_client(**options):
    client = boto3.session.Session().client(
        "rekognition",
        **{
            "endpoint_url": stage.url,
            "region_name": REGION,
            "aws_access_key_id": stage.access_key,
            "aws_secret_access_key": stage.secret_key,
            "config": botocore.config.Config(
                parameter_validation=False,
                retries={"max_attempts": 0},
                read_timeout=120,
            ),
            **options,
        },
    )
    client.meta.events.register("after-call.rekognition", check_answer)
    return client


def image(name):
    return {"Bytes": photo_bytes(name)}


def setUpModule():
    global stage
    stage = Stage(FACEWIRE_ENGINE_USERS="4", FACEWIRE_ENGINE_FACES="110")
    service_model.write_models("models")
    os.environ["AWS_DATA_PATH"] = os.path.abspath("models")


def tearDownModule():
    stage.stop()


class Case(unittest.TestCase):
    """Each class of tests has a collection of its own."""

    @classmethod
    def setUpClass(cls):
        cls.client = make_client()
        cls.collection = cls.__name__
        cls.client.create_collection(CollectionId=cls.collection)

    @classmethod
    def tearDownClass(cls):
        cls.client.delete_collection(CollectionId=cls.collection)
        cls.client.close()

    def ask(self, operation, **members):
        return getattr(self.client, operation)(CollectionId=self.collection, **members)

    def index(self, name, **members):
        answer = self.ask("index_faces", Image=image(name), **members)
        return [record["Face"]["FaceId"] for record in answer["FaceRecords"]]

    def refused(self, code, operation, **members):
        with self.assertRaises(botocore.exceptions.ClientError) as caught:
            self.ask(operation, **members)
        self.assertEqual(caught.exception.response["Error"]["Code"], code)
        return caught.exception


class Collections(Case):
    def test_a_collection_is_described(self):
        facts = self.ask("describe_collection")
        age = datetime.datetime.now(datetime.timezone.utc) - facts["CreationTimestamp"]
        self.assertEqual(facts["CollectionARN"], ARN + self.collection)
        self.assertEqual((facts["FaceCount"], facts["UserCount"]), (0, 0))
        self.assertLess(abs(age.total_seconds()), 300)

    def test_it_is_created_with_tags_and_deleted(self):
        made = self.client.create_collection(CollectionId="other", Tags={"k": "v"})
        self.assertEqual(made["StatusCode"], 200)
        self.assertEqual("arn:" + made["CollectionArn"], ARN + "other")
        tags = self.client.list_tags_for_resource(ResourceArn=made["CollectionArn"])
        self.assertEqual(tags["Tags"], {"k": "v"})
        self.assertEqual(
            self.client.delete_collection(CollectionId="other")["StatusCode"], 200
        )

    def test_pages_are_stable_while_collections_come_and_go(self):
        names = [f"page-{i}" for i in range(6)]
        for name in names:
            self.client.create_collection(CollectionId=name)
        pages = self.client.get_paginator("list_collections").paginate(
            PaginationConfig={"PageSize": 2}
        )
        seen = []
        for page in pages:
            self.assertEqual(len(page["CollectionIds"]), len(page["FaceModelVersions"]))
            seen += page["CollectionIds"]
            if "page-1" in page["CollectionIds"]:
                self.client.delete_collection(CollectionId="page-1")
                self.client.delete_collection(CollectionId="page-4")
                self.client.create_collection(CollectionId="page-45")
        expected = ["page-0", "page-1", "page-2", "page-3", "page-45", "page-5"]
        self.assertEqual([n for n in seen if n.startswith("page-")], expected)
        for name in set(expected) - {"page-1"}:
            self.client.delete_collection(CollectionId=name)


class Faces(Case):
    def test_faces_are_indexed_the_largest_first(self):
        answer = self.ask(
            "index_faces", Image=image("f1-group.jpg"), ExternalImageId="group:1"
        )
        areas = [
            r["Face"]["BoundingBox"]["Width"] * r["Face"]["BoundingBox"]["Height"]
            for r in answer["FaceRecords"]
        ]
        self.assertEqual(len(areas), 4)
        self.assertEqual(areas, sorted(areas, reverse=True))
        self.assertNotIn("OrientationCorrection", answer)
        self.assertEqual(
            {r["Face"]["ExternalImageId"] for r in answer["FaceRecords"]}, {"group:1"}
        )
        self.assertEqual(len({r["Face"]["ImageId"] for r in answer["FaceRecords"]}), 1)

    def test_the_same_image_is_kept_once(self):
        first = self.index("obama-1.jpg", ExternalImageId="once")
        self.assertEqual(self.index("obama-1.jpg", ExternalImageId="once"), first)
        self.assertNotEqual(self.index("obama-1.jpg", ExternalImageId="twice"), first)

    def test_faces_past_max_faces_are_told(self):
        answer = self.ask(
            "index_faces", Image=image("f1-group.jpg"), ExternalImageId="few", MaxFaces=1
        )
        self.assertEqual(len(answer["FaceRecords"]), 1)
        self.assertEqual(
            [face["Reasons"] for face in answer["UnindexedFaces"]],
            [["EXCEEDS_MAX_FACES"]] * 3,
        )

    def test_faces_under_the_bar_are_told_why(self):
        members = {"Image": image("man-helmet-profile.jpg"), "QualityFilter": "HIGH"}
        answer = self.ask("index_faces", **members)
        self.assertEqual(answer["FaceRecords"], [])
        self.assertIn("EXTREME_POSE", answer["UnindexedFaces"][0]["Reasons"])
        self.refused("InvalidParameterException", "search_faces_by_image", **members)

    def test_a_photo_without_a_face_has_none(self):
        self.assertEqual(self.index("noface-dog.jpg"), [])
        answer = self.client.detect_faces(Image=image("noface-dog.jpg"))
        self.assertEqual(answer["FaceDetails"], [])

    def test_a_face_is_found_by_itself_and_by_a_photo(self):
        first, = self.index("f1-dad-1.jpg")
        other, = self.index("f1-dad-2.jpg")
        self.index("f1-mom-1.jpg")
        answer = self.ask("search_faces", FaceId=first, FaceMatchThreshold=90)
        ids = [match["Face"]["FaceId"] for match in answer["FaceMatches"]]
        self.assertEqual(answer["SearchedFaceId"], first)
        self.assertIn(other, ids)
        self.assertNotIn(first, ids)
        answer = self.ask(
            "search_faces_by_image", Image=image("f1-dad-3.jpg"), FaceMatchThreshold=0
        )
        found = [match["Similarity"] for match in answer["FaceMatches"]]
        self.assertEqual(found, sorted(found, reverse=True))
        self.assertEqual(len(found), self.ask("describe_collection")["FaceCount"])
        self.assertIn(answer["FaceMatches"][0]["Face"]["FaceId"], (first, other))
        answer = self.ask(
            "search_faces_by_image",
            Image=image("f1-dad-3.jpg"),
            FaceMatchThreshold=0,
            MaxFaces=2,
        )
        self.assertEqual([m["Similarity"] for m in answer["FaceMatches"]], found[:2])

    def test_pages_are_stable_while_faces_come_and_go(self):
        name = "pages"
        self.client.create_collection(CollectionId=name)
        group = {"CollectionId": name, "Image": image("f1-group.jpg")}
        self.client.index_faces(**group, ExternalImageId="before")
        old = self.client.list_faces(CollectionId=name)["Faces"]
        seen = []
        pages = self.client.get_paginator("list_faces").paginate(
            CollectionId=name, PaginationConfig={"PageSize": 1}
        )
        for page in pages:
            seen += [face["FaceId"] for face in page["Faces"]]
            if len(seen) == 2:
                gone = [seen[1], old[2]["FaceId"]]
                deleted = self.client.delete_faces(CollectionId=name, FaceIds=gone)
                self.assertEqual(deleted["DeletedFaces"], gone)
                self.client.index_faces(**group, ExternalImageId="meanwhile")
        self.assertEqual(len(seen), len(set(seen)))
        for face in (old[0], old[1], old[3]):
            self.assertIn(face["FaceId"], seen)
        self.assertEqual(len(seen), 3 + 4)  # ids that are made later come later
        token = self.client.list_faces(CollectionId=name, MaxResults=1)["NextToken"]
        self.refused("InvalidPaginationTokenException", "list_faces", NextToken=token)
        self.client.delete_collection(CollectionId=name)

    def test_faces_are_listed_and_deleted_by_their_ids(self):
        face, = self.index("man-on-sofa.jpg")
        listed = self.ask("list_faces", FaceIds=[face, NOBODY])["Faces"]
        self.assertEqual([each["FaceId"] for each in listed], [face])
        answer = self.ask("delete_faces", FaceIds=[face, NOBODY])
        self.assertEqual(answer["DeletedFaces"], [face])
        self.assertEqual(
            answer["UnsuccessfulFaceDeletions"],
            [{"FaceId": NOBODY, "Reasons": ["FACE_NOT_FOUND"]}],
        )

    def test_faces_are_detected(self):
        answer = self.client.detect_faces(
            Image=image("f1-dad-1-exif6.jpg"), Attributes=["ALL"]
        )
        face, = answer["FaceDetails"]
        marks = {mark["Type"]: mark for mark in face["Landmarks"]}
        self.assertLess(marks["eyeLeft"]["X"], marks["eyeRight"]["X"])
        self.assertEqual(len(marks), 30)
        self.assertTrue(face["Smile"]["Value"])
        self.assertEqual(face["Gender"]["Value"], "Male")
        self.assertEqual(face["Emotions"][0]["Type"], "HAPPY")
        self.assertNotIn("Beard", face)
        self.assertGreater(face["Confidence"], 90)
        self.assertNotIn("OrientationCorrection", answer)

    def test_faces_are_compared(self):
        answer = self.client.compare_faces(
            SourceImage=image("f1-dad-1.jpg"), TargetImage=image("f1-group.jpg")
        )
        self.assertEqual(len(answer["FaceMatches"]), 1)
        self.assertEqual(len(answer["UnmatchedFaces"]), 3)
        self.assertGreater(answer["SourceImageFace"]["Confidence"], 90)
        answer = self.client.compare_faces(
            SourceImage=image("f1-dad-1.jpg"),
            TargetImage=image("f1-group.jpg"),
            SimilarityThreshold=100,
        )
        self.assertEqual(answer["FaceMatches"], [])

    def test_a_full_collection_takes_no_more(self):
        name = "full"
        self.client.create_collection(CollectionId=name)
        group = {"CollectionId": name, "Image": image("f1-group.jpg")}
        ids = []
        for i in range(27):
            answer = self.client.index_faces(**group, ExternalImageId=str(i))
            ids += [record["Face"]["FaceId"] for record in answer["FaceRecords"]]
        with self.assertRaises(self.client.exceptions.ServiceQuotaExceededException):
            self.client.index_faces(**group, ExternalImageId="27")
        self.client.index_faces(**group, ExternalImageId="27", MaxFaces=2)

        # What it has is kept once here, too: nothing new comes.
        again = self.client.index_faces(**group, ExternalImageId="26")
        self.assertEqual(again["FaceRecords"], answer["FaceRecords"])
        facts = self.client.describe_collection(CollectionId=name)
        self.assertEqual(facts["FaceCount"], 110)

        # Nor does a user of a hundred faces.
        user = {"CollectionId": name, "UserId": "all", "UserMatchThreshold": 0}
        self.client.create_user(CollectionId=name, UserId="all")
        answer = self.client.associate_faces(**user, FaceIds=ids[:99])
        self.assertEqual(len(answer["AssociatedFaces"]), 99)
        with self.assertRaises(self.client.exceptions.ServiceQuotaExceededException):
            self.client.associate_faces(**user, FaceIds=ids[98:101])
        listed = self.client.list_faces(CollectionId=name, UserId="all")["Faces"]
        self.assertEqual(len(listed), 99)
        self.client.associate_faces(**user, FaceIds=ids[98:100])
        self.client.delete_collection(CollectionId=name)


class Users(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        made = cls(methodName="index")
        cls.dads = [made.index(f"f1-dad-{i}.jpg")[0] for i in (1, 2, 3)]
        cls.mom, = made.index("f1-mom-1.jpg")
        for user, faces in (("dad", cls.dads[:2]), ("mom", [cls.mom])):
            made.ask("create_user", UserId=user)
            made.ask("associate_faces", UserId=user, FaceIds=faces)

    def matches(self, **members):
        answer = self.ask("search_users", **members)
        return [match["User"]["UserId"] for match in answer["UserMatches"]]

    def test_a_user_is_active_once_it_has_faces(self):
        self.ask("create_user", UserId="son")
        listed = {u["UserId"]: u["UserStatus"] for u in self.ask("list_users")["Users"]}
        self.assertEqual(listed, {"dad": "ACTIVE", "mom": "ACTIVE", "son": "CREATED"})
        self.assertEqual(self.ask("describe_collection")["UserCount"], 3)
        self.assertEqual(self.ask("delete_user", UserId="son")["ResponseMetadata"]["HTTPStatusCode"], 200)
        self.refused("ResourceNotFoundException", "delete_user", UserId="son")

    def test_a_token_makes_a_change_once_even_across_a_restart(self):
        members = {"UserId": "twin", "ClientRequestToken": "a-token"}
        self.ask("create_user", **members)
        self.ask("create_user", **members)
        stage.kill()
        self.ask("create_user", **members)
        members["UserId"] = "another"
        self.refused("IdempotentParameterMismatchException", "create_user", **members)
        self.refused("ConflictException", "create_user", UserId="twin")
        self.ask("delete_user", UserId="twin")

        members = {
            "UserId": "dad",
            "FaceIds": [self.dads[0], NOBODY],
            "ClientRequestToken": "a-token",  # each operation has its own
        }
        first = self.ask("disassociate_faces", **members)
        second = self.ask("disassociate_faces", **members)
        first.pop("ResponseMetadata")
        second.pop("ResponseMetadata")
        self.assertEqual(first, second)
        self.assertEqual(first["DisassociatedFaces"], [{"FaceId": self.dads[0]}])
        self.ask("associate_faces", UserId="dad", FaceIds=[self.dads[0]])

    def test_a_collection_has_so_many_users(self):
        self.ask("create_user", UserId="third")
        self.ask("create_user", UserId="fourth")
        self.refused("ServiceQuotaExceededException", "create_user", UserId="fifth")
        for page_size in (1, 3):
            pages = self.client.get_paginator("list_users").paginate(
                CollectionId=self.collection, PaginationConfig={"PageSize": page_size}
            )
            users = [user["UserId"] for page in pages for user in page["Users"]]
            self.assertEqual(sorted(users), ["dad", "fourth", "mom", "third"])
        self.ask("delete_user", UserId="third")
        self.ask("delete_user", UserId="fourth")

    def test_faces_that_cannot_be_joined_are_told_why(self):
        answer = self.ask(
            "associate_faces",
            UserId="dad",
            FaceIds=[self.dads[0], self.dads[2], self.mom, NOBODY],
            UserMatchThreshold=100,
        )
        self.assertEqual(answer["UserStatus"], "ACTIVE")
        self.assertEqual(answer["AssociatedFaces"], [])
        others = {f["FaceId"]: f for f in answer["UnsuccessfulFaceAssociations"]}
        self.assertNotIn(self.dads[0], others)
        low = others[self.dads[2]]
        self.assertEqual(low["Reasons"], ["LOW_MATCH_CONFIDENCE"])
        self.assertGreater(low["Confidence"], 75)
        self.assertEqual(others[self.mom]["Reasons"], ["ASSOCIATED_TO_A_DIFFERENT_USER"])
        self.assertEqual(others[self.mom]["UserId"], "mom")
        self.assertEqual(others[NOBODY]["Reasons"], ["FACE_NOT_FOUND"])
        answer = self.ask(
            "disassociate_faces", UserId="dad", FaceIds=[self.dads[2], self.mom, NOBODY]
        )
        others = {f["FaceId"]: f for f in answer["UnsuccessfulFaceDisassociations"]}
        self.assertEqual(sorted(others), sorted([self.mom, NOBODY]))
        self.assertEqual(others[self.mom]["Reasons"], ["ASSOCIATED_TO_A_DIFFERENT_USER"])

    def test_faces_of_a_user_stay(self):
        answer = self.ask("delete_faces", FaceIds=[self.mom])
        self.assertEqual(
            answer["UnsuccessfulFaceDeletions"],
            [
                {
                    "FaceId": self.mom,
                    "UserId": "mom",
                    "Reasons": ["ASSOCIATED_TO_AN_EXISTING_USER"],
                }
            ],
        )
        listed = self.ask("list_faces", UserId="mom")["Faces"]
        self.assertEqual([(f["FaceId"], f["UserId"]) for f in listed], [(self.mom, "mom")])
        answer = self.ask("search_faces", FaceId=self.dads[2])
        self.assertEqual({m["Face"]["UserId"] for m in answer["FaceMatches"]}, {"dad"})

    def test_users_are_found_by_face_by_user_and_by_photo(self):
        self.assertEqual(self.matches(FaceId=self.dads[2]), ["dad"])
        self.assertEqual(self.matches(UserId="dad"), [])
        self.assertEqual(self.matches(UserId="dad", UserMatchThreshold=0), ["mom"])
        both = {"FaceId": self.dads[2], "UserMatchThreshold": 0}
        self.assertEqual(self.matches(**both), ["dad", "mom"])
        self.assertEqual(self.matches(**both, MaxUsers=1), ["dad"])

        answer = self.ask("search_users_by_image", Image=image("f1-dad-3.jpg"))
        self.assertEqual(answer["UserMatches"][0]["User"]["UserId"], "dad")
        self.assertIn("FaceDetail", answer["SearchedFace"])
        answer = self.ask("search_users_by_image", Image=image("f1-group.jpg"))
        self.assertEqual(
            [face["Reasons"] for face in answer["UnsearchedFaces"]],
            [["FACE_NOT_LARGEST"]] * 3,
        )
        answer = self.ask(
            "search_users_by_image",
            Image=image("man-helmet-profile.jpg"),
            QualityFilter="HIGH",
        )
        self.assertNotIn("SearchedFace", answer)
        self.assertEqual(answer["UserMatches"], [])
        self.assertIn("EXTREME_POSE", answer["UnsearchedFaces"][0]["Reasons"])


class Tags(Case):
    def tags(self):
        return self.client.list_tags_for_resource(ResourceArn=ARN + self.collection)["Tags"]

    def test_tags_come_change_and_go(self):
        arn = ARN + self.collection
        self.client.tag_resource(ResourceArn=arn, Tags={"a": "1", "b": ""})
        self.client.tag_resource(ResourceArn=arn, Tags={"a": "2", "\u00e9 :/=+-@": "\u4f60"})
        self.client.untag_resource(ResourceArn=arn, TagKeys=["b", "none"])
        self.assertEqual(self.tags(), {"a": "2", "\u00e9 :/=+-@": "\u4f60"})
        many = {f"k{i}": "" for i in range(199)}
        with self.assertRaises(self.client.exceptions.ServiceQuotaExceededException):
            self.client.tag_resource(ResourceArn=arn, Tags=many)
        self.assertEqual(len(self.tags()), 2)
        self.client.untag_resource(ResourceArn=arn, TagKeys=list(self.tags()))
        self.assertEqual(self.tags(), {})


class Objects(Case):
    def test_an_image_comes_from_s3(self):
        picture = {"S3Object": {"Bucket": "photos", "Name": "shared/f1-group.jpg"}}
        answer = self.client.detect_faces(Image=picture)
        self.assertEqual(len(answer["FaceDetails"]), 4)
        indexed = self.ask("index_faces", Image=picture)["FaceRecords"]
        again = self.ask("index_faces", Image=image("f1-group.jpg"))["FaceRecords"]
        self.assertEqual(
            [record["Face"]["FaceId"] for record in indexed],
            [record["Face"]["FaceId"] for record in again],
        )
        answer = self.client.compare_faces(SourceImage=picture, TargetImage=picture)
        self.assertEqual(len(answer["FaceMatches"]), 1)


class LittleRoom(unittest.TestCase):
    """An engine that has room for one object of S3 at a time."""

    def test_an_object_that_finds_no_room_may_be_asked_for_again(self):
        small = Stage("small-engine", FACEWIRE_ENGINE_REQUESTS_BYTES="16M")
        client = make_client(
            endpoint_url=small.url,
            aws_access_key_id=small.access_key,
            aws_secret_access_key=small.secret_key,
        )

        def detect(name):
            picture = {"S3Object": {"Bucket": "photos", "Name": name}}
            return client.detect_faces(Image=picture)["FaceDetails"]

        with concurrent.futures.ThreadPoolExecutor(1) as other:
            first = other.submit(detect, "slow.jpg")
            self.assertTrue(Store.slow_came.wait(60))
            wanted = client.exceptions.ProvisionedThroughputExceededException
            with self.assertRaises(wanted):
                detect("shared/f1-dad-1.jpg")
            Store.slow_may_go.set()
            self.assertEqual(len(first.result()), 1)
        self.assertEqual(len(detect("shared/f1-dad-1.jpg")), 1)
        client.close()
        small.stop()


class Refusals(unittest.TestCase):
    """What must be refused; each row for itself, and nothing has changed then."""

    @classmethod
    def setUpClass(cls):
        cls.client = make_client()
        people = {"CollectionId": "people"}
        cls.client.create_collection(**people)
        answer = cls.client.index_faces(**people, Image=image("f1-dad-1.jpg"))
        cls.face = answer["FaceRecords"][0]["Face"]["FaceId"]
        dad = {**people, "UserId": "dad"}
        cls.client.create_user(**dad, ClientRequestToken="dads-token")
        cls.client.associate_faces(**dad, FaceIds=[cls.face])

    @classmethod
    def tearDownClass(cls):
        cls.client.delete_collection(CollectionId="people")
        cls.client.close()

    def ask(self, operation, members):
        method = botocore.xform_name(operation)
        with self.assertRaises(botocore.exceptions.ClientError) as caught:
            getattr(self.client, method)(**members)
        return caught.exception

    def test_every_row_is_refused(self):
        for row in refusals(self.face):
            with self.subTest(row["operation"], type=row["type"], message=row["message"]):
                error = self.ask(row["operation"], row["input"])
                answer = error.response
                self.assertEqual(answer["Error"]["Code"], row["type"])
                self.assertEqual(
                    answer["Error"]["Message"][: len(row["message"])], row["message"]
                )
                status = answer["ResponseMetadata"]["HTTPStatusCode"]
                self.assertEqual(status, row.get("status", 400))
                if row["type"] in SHAPES["operations"][row["operation"]]["errors"]:
                    wanted = getattr(self.client.exceptions, row["type"])
                    self.assertIsInstance(error, wanted)
        facts = self.client.describe_collection(CollectionId="people")
        self.assertEqual((facts["FaceCount"], facts["UserCount"]), (1, 1))

    def test_every_operation_is_refused_somewhere_in_the_table(self):
        operations = {row["operation"] for row in refusals(self.face)}
        self.assertEqual(operations, set(SHAPES["operations"]))

    def test_every_limit_of_every_member_is_kept(self):
        count = 0
        for operation in SHAPES["operations"]:
            for members, place, words in conformity.violations(operation):
                with self.subTest(operation, place=place, words=words):
                    answer = self.ask(operation, members).response["Error"]
                    self.assertEqual(answer["Code"], "ValidationException")
                    self.assertIn(f"at '{conformity.java_name(place)}'", answer["Message"])
                    self.assertIn(words, answer["Message"])
                count += 1
        self.assertGreater(count, 200)

    def test_a_member_of_another_type_cannot_be_read(self):
        for operation in SHAPES["operations"]:
            if operation == "ListCollections":
                members = {"NextToken": 7}
            else:
                shape = SHAPES["shapes"][SHAPES["operations"][operation]["input"]]
                members = {name: 7 for name in shape["required"]}
            with self.subTest(operation):
                # boto3 itself would not send it.
                answer = self.raw(operation, members)
                self.assertEqual(answer["__type"], "SerializationException")

    def raw(self, operation, members):
        from botocore.auth import SigV4Auth
        from botocore.awsrequest import AWSRequest
        from botocore.httpsession import URLLib3Session

        request = AWSRequest(
            "POST",
            stage.url + "/",
            data=json.dumps(members),
            headers={
                "Content-Type": "application/x-amz-json-1.1",
                "X-Amz-Target": "RekognitionService." + operation,
            },
        )
        credentials = botocore.credentials.Credentials(stage.access_key, stage.secret_key)
        SigV4Auth(credentials, "rekognition", REGION).add_auth(request)
        session = URLLib3Session()
        answer = json.loads(session.send(request.prepare()).text)
        session.close()
        return answer


class Signatures(unittest.TestCase):
    def refused(self, code, **options):
        client = make_client(**options)
        with self.assertRaises(botocore.exceptions.ClientError) as caught:
            client.list_collections()
        self.assertEqual(caught.exception.response["Error"]["Code"], code)
        client.close()

    def test_a_wrong_secret_or_region_is_a_wrong_signature(self):
        self.refused("InvalidSignatureException", aws_secret_access_key="wrong")
        self.refused("InvalidSignatureException", region_name="eu-west-1")

    def test_an_unknown_key_or_token_is_told_so(self):
        self.refused("UnrecognizedClientException", aws_access_key_id="AKIANOBODY")
        self.refused("UnrecognizedClientException", aws_session_token="made-up")

    def test_no_signature_is_told_so(self):
        self.refused(
            "MissingAuthenticationTokenException",
            config=botocore.config.Config(signature_version=botocore.UNSIGNED),
        )


class DebiansOwnModel(unittest.TestCase):
    """What boto3 does without the model of ours: it is older than users."""

    def test_faces_are_indexed_and_found(self):
        path = os.environ.pop("AWS_DATA_PATH")
        try:
            client = make_client(config=None)
        finally:
            os.environ["AWS_DATA_PATH"] = path
        name = {"CollectionId": "plain"}
        client.create_collection(**name)
        client.index_faces(**name, Image=image("f1-dad-1.jpg"), ExternalImageId="dad")
        answer = client.search_faces_by_image(**name, Image=image("f1-dad-2.jpg"))
        match, = answer["FaceMatches"]
        self.assertEqual(match["Face"]["ExternalImageId"], "dad")
        self.assertEqual(client.list_collections()["CollectionIds"], ["plain"])
        client.delete_collection(**name)
        client.close()


if __name__ == "__main__":
    unittest.main(verbosity=2, argv=[sys.argv[0], *sys.argv[1:]])
