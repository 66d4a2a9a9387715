// The engine, asked by AWS's SDK for JavaScript: every operation, every row of
// refusals.json, paging, users, and what a retry does.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import * as sdk from "@aws-sdk/client-rekognition";
import { photo } from "../browser/photos.mjs";
import { startStage } from "./stage.mjs";

const NOBODY = "00000000-0000-4000-8000-000000000000";
const ARN = "arn:aws:rekognition:us-east-1:000000000000:collection/people";
const { rows } = JSON.parse(readFileSync(new URL("refusals.json", import.meta.url)));
const { operations } = JSON.parse(
  readFileSync(new URL("rekognition-shapes.json", import.meta.url)),
);

const asked = new Set();
const faces = {};
let stage, client;

function makeClient(options = {}) {
  return new sdk.RekognitionClient({
    endpoint: stage.url,
    region: "us-east-1",
    credentials: stage.credentials,
    maxAttempts: 1,
    ...options,
  });
}

function ask(operation, input = {}) {
  asked.add(operation);
  return client.send(new sdk[`${operation}Command`](input));
}

const people = (operation, input) => ask(operation, { CollectionId: "people", ...input });
const image = (name) => ({ Bytes: readFileSync(photo(name)) });

async function index(name) {
  const answer = await people("IndexFaces", { Image: image(name), ExternalImageId: name });

  return answer.FaceRecords[0].Face.FaceId;
}

async function pages(paginate, input, key) {
  const all = [];

  for await (const page of paginate({ client, pageSize: 1 }, input)) all.push(...page[key]);
  return all;
}

before(async () => {
  stage = await startStage();
  client = makeClient();
  await people("CreateCollection", { Tags: { k: "v" } });
  for (const name of ["f1-dad-1.jpg", "f1-dad-2.jpg", "f1-dad-3.jpg", "f1-mom-1.jpg"])
    faces[name] = await index(name);
  await people("CreateUser", { UserId: "dad", ClientRequestToken: "dads-token" });
  await people("AssociateFaces", { UserId: "dad", FaceIds: [faces["f1-dad-1.jpg"]] });
});

after(async () => {
  client.destroy();
  await stage.stop();
});

describe("collections", () => {
  test("one is described with its counts", async () => {
    const facts = await people("DescribeCollection");

    assert.equal(facts.CollectionARN, ARN);
    assert.deepEqual([facts.FaceCount, facts.UserCount], [4, 1]);
    assert(Math.abs(Date.now() - facts.CreationTimestamp) < 300000);
  });

  test("they come in pages", async () => {
    await ask("CreateCollection", { CollectionId: "other" });
    const all = await pages(sdk.paginateListCollections, {}, "CollectionIds");

    asked.add("ListCollections");
    assert.deepEqual(all, ["other", "people"]);
    const { StatusCode } = await ask("DeleteCollection", { CollectionId: "other" });
    assert.equal(StatusCode, 200);
  });

  test("they have tags", async () => {
    await ask("TagResource", { ResourceArn: ARN, Tags: { a: "1", b: "" } });
    await ask("UntagResource", { ResourceArn: ARN, TagKeys: ["b"] });
    const { Tags } = await ask("ListTagsForResource", { ResourceArn: ARN });
    assert.deepEqual(Tags, { k: "v", a: "1" });
  });
});

describe("faces", () => {
  test("a photo's faces past MaxFaces are told why", async () => {
    const answer = await people("IndexFaces", {
      Image: image("f1-group.jpg"),
      MaxFaces: 2,
      QualityFilter: "NONE",
    });
    const ids = answer.FaceRecords.map((record) => record.Face.FaceId);

    assert.equal(ids.length, 2);
    assert.equal(answer.OrientationCorrection, undefined);
    assert.deepEqual(
      answer.UnindexedFaces.map((face) => face.Reasons),
      [["EXCEEDS_MAX_FACES"], ["EXCEEDS_MAX_FACES"]],
    );
    const gone = await people("DeleteFaces", { FaceIds: [...ids, NOBODY] });
    assert.deepEqual(gone.DeletedFaces, ids);
    assert.deepEqual(gone.UnsuccessfulFaceDeletions, [
      { FaceId: NOBODY, Reasons: ["FACE_NOT_FOUND"] },
    ]);
  });

  test("they come in pages, in which one that goes is not missed", async () => {
    const all = await pages(sdk.paginateListFaces, { CollectionId: "people" }, "Faces");

    asked.add("ListFaces");
    assert.deepEqual(
      all.map((face) => face.FaceId).sort(),
      Object.values(faces).sort(),
    );
    const one = await people("ListFaces", { MaxResults: 1, UserId: "dad" });
    assert.equal(one.Faces[0].UserId, "dad");
    assert.equal(one.NextToken, undefined);
  });

  test("they are found, the most alike first", async () => {
    const byFace = await people("SearchFaces", { FaceId: faces["f1-dad-1.jpg"] });
    assert.deepEqual(
      byFace.FaceMatches.map((match) => match.Face.FaceId).sort(),
      [faces["f1-dad-2.jpg"], faces["f1-dad-3.jpg"]].sort(),
    );
    const { FaceMatches } = await people("SearchFacesByImage", {
      Image: image("f1-group.jpg"),
      FaceMatchThreshold: 0,
    });
    const found = FaceMatches.map((match) => match.Similarity);
    assert.equal(found.length, 4);
    assert.deepEqual(found, [...found].sort((a, b) => b - a));
  });

  test("they are detected and compared, also from S3", async () => {
    const object = { S3Object: { Bucket: "photos", Name: "shared/f1-group.jpg" } };
    const detected = await ask("DetectFaces", { Image: object, Attributes: ["ALL"] });
    assert.equal(detected.FaceDetails.length, 4);
    const answer = await ask("CompareFaces", {
      SourceImage: image("f1-dad-1.jpg"),
      TargetImage: object,
    });
    assert.equal(answer.FaceMatches.length, 1);
    assert.equal(answer.UnmatchedFaces.length, 3);
  });
});

describe("users", () => {
  test("one gets faces, is found and listed, and goes", async () => {
    await people("CreateUser", { UserId: "mom" });
    let answer = await people("AssociateFaces", {
      UserId: "mom",
      FaceIds: [faces["f1-mom-1.jpg"], faces["f1-dad-1.jpg"], NOBODY],
    });
    assert.equal(answer.UserStatus, "ACTIVE");
    assert.deepEqual(answer.AssociatedFaces, [{ FaceId: faces["f1-mom-1.jpg"] }]);
    assert.deepEqual(
      answer.UnsuccessfulFaceAssociations.map((face) => face.Reasons[0]),
      ["ASSOCIATED_TO_A_DIFFERENT_USER", "FACE_NOT_FOUND"],
    );

    const all = await pages(sdk.paginateListUsers, { CollectionId: "people" }, "Users");
    asked.add("ListUsers");
    assert.deepEqual(all.map((user) => user.UserId).sort(), ["dad", "mom"]);

    answer = await people("SearchUsers", { FaceId: faces["f1-dad-3.jpg"] });
    assert.deepEqual(
      answer.UserMatches.map((match) => match.User),
      [{ UserId: "dad", UserStatus: "ACTIVE" }],
    );
    answer = await people("SearchUsersByImage", { Image: image("f1-group.jpg") });
    assert.equal(answer.UnsearchedFaces.length, 3);
    assert(answer.SearchedFace.FaceDetail.Confidence > 90);

    answer = await people("DisassociateFaces", {
      UserId: "mom",
      FaceIds: [faces["f1-mom-1.jpg"]],
    });
    assert.equal(answer.UserStatus, "CREATED");
    await people("DeleteUser", { UserId: "mom" });
  });

  test("a change that was answered is made once, whatever dies meanwhile", async () => {
    const twin = { UserId: "twin", ClientRequestToken: "of-the-twin" };

    await people("CreateUser", twin);
    await stage.kill();
    await people("CreateUser", twin);
    await people("DeleteUser", { UserId: "twin" });
  });
});

describe("refusals", () => {
  const letters = Buffer.alloc(5242881, "x");

  function fill(value) {
    if (Array.isArray(value)) return value.map(fill);
    if (value?.photo) return readFileSync(photo(value.photo));
    if (value?.letters) return letters.subarray(0, value.letters);
    if (value && typeof value === "object")
      return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, fill(v)]));
    return value === "$face" ? faces["f1-dad-1.jpg"] : value;
  }

  for (const row of rows)
    test(`${row.operation}: ${row.type}: ${row.message}`, async () => {
      await assert.rejects(ask(row.operation, fill(row.input)), (error) => {
        assert.equal(error.name, row.type);
        assert.equal(error.message.slice(0, row.message.length), row.message);
        assert.equal(error.$metadata.httpStatusCode, row.status ?? 400);
        assert.equal(error.$metadata.requestId.length, 36);
        if (operations[row.operation].errors.includes(row.type))
          assert(error instanceof sdk[row.type]);
        return true;
      });
    });

  test("a wrong secret and an unknown key are told apart", async () => {
    const { accessKeyId } = stage.credentials;

    for (const [credentials, name] of [
      [{ accessKeyId, secretAccessKey: "wrong" }, "InvalidSignatureException"],
      [{ accessKeyId: "AKIA", secretAccessKey: "x" }, "UnrecognizedClientException"],
    ]) {
      const stranger = makeClient({ credentials });

      await assert.rejects(stranger.send(new sdk.ListCollectionsCommand({})), { name });
      stranger.destroy();
    }
  });

  test("a clock that is wrong is set right by the answer", async () => {
    const late = makeClient({ systemClockOffset: -3600000, maxAttempts: 2 });

    const { CollectionIds } = await late.send(new sdk.ListCollectionsCommand({}));
    assert.deepEqual(CollectionIds, ["people"]);
    late.destroy();
  });
});

test("every operation was asked for", () => {
  assert.deepEqual([...asked].sort(), Object.keys(operations).sort());
});
