import assert from "node:assert/strict";
import { test } from "node:test";

import { changesOf, fieldsOf, formOf } from "../../web/enrol/person_form.js";
import { choicesOf, isSendable, refusedPhoto, verdictOf } from "../../web/enrol/verdict.js";
import { httpExample } from "./examples.mjs";

const photo = (more) => ({
  phase: "ready",
  image: { width: 640, height: 480 },
  progress: 0,
  job: null,
  problem: null,
  ...more,
});
const ended = (job) => verdictOf(photo({ phase: "ended", job }));

test("a photo tells how far it is", () => {
  assert.equal(verdictOf(photo({ phase: "measuring" })).kind, "waiting");
  assert.equal(verdictOf(photo()).text, "Ready");
  assert.equal(
    verdictOf(photo({ phase: "sending", progress: 0.429 })).text,
    "Uploading, 42%",
  );
  assert.equal(verdictOf(photo({ phase: "looking" })).kind, "waiting");
});

test("a picture that is too small is not sent", () => {
  const small = photo({ image: { width: 400, height: 79 } });

  assert.equal(isSendable(small), false);
  assert.equal(verdictOf(small).kind, "bad");
  assert.equal(isSendable(photo()), true);
  // What this browser cannot show, the server may.
  assert.equal(isSendable(photo({ image: null })), true);
});

test("a face that looks like somebody else's is a warning", () => {
  const verdict = ended(httpExample("job-enroll-done"));

  assert.equal(verdict.kind, "warning");
  assert.equal(verdict.text, "Face found");
  assert.equal(verdict.other.person.name, "Grace Hopper");
  assert.ok(verdict.box.width > 0);
});

test("a face that looks like nobody else's is good", () => {
  const job = httpExample("job-enroll-done");

  assert.equal(ended({ ...job, result: { ...job.result, resembles: [] } }).kind, "good");
});

test("several faces are a choice", () => {
  const job = httpExample("job-enroll-failed-several_faces");
  const verdict = ended(job);

  assert.equal(verdict.kind, "choice");
  assert.equal(verdict.text, "Two faces: choose one");
  assert.deepEqual(verdict.boxes, job.error.faces);
  assert.deepEqual(choicesOf(job), verdict.boxes);
});

test("every other failure says what is wrong", () => {
  const failed = (code) => ended({ status: "failed", error: { code, detail: "Why." } });

  assert.equal(ended(httpExample("job-enroll-failed-no_face")).kind, "bad");
  assert.match(failed("face_too_small").text, /80 pixels/);
  assert.match(failed("face_poor").text, /unclear/);
  assert.deepEqual(failed("person_gone"), {
    kind: "bad",
    text: "Why.",
    canRepeat: true,
  });
});

test("a new person's fields are texts", () => {
  const fields = fieldsOf({
    name: " Ada ",
    key: "u-17",
    email: "",
    details: [
      { name: "team", value: "engines" },
      { name: " ", value: "ignored" },
    ],
  });

  assert.deepEqual(fields, {
    name: "Ada",
    external_id: "u-17",
    email: "",
    details: '{"team":"engines"}',
  });
});

test("only what was changed is sent, and a number stays a number", () => {
  const person = {
    ...httpExample("person"),
    details: { floor: 3, team: "engines" },
  };
  const form = formOf(person);

  assert.equal(changesOf(form, person), null);
  assert.deepEqual(changesOf({ ...form, name: "Ada L." }, person), {
    name: "Ada L.",
  });
  assert.deepEqual(changesOf({ ...form, email: "" }, person), { email: null });
  const pairs = form.details.map((pair) =>
    pair.name === "team" ? { ...pair, value: "looms" } : pair,
  );
  assert.deepEqual(changesOf({ ...form, details: pairs }, person), {
    details: { floor: 3, team: "looms" },
  });
});

test("a refusal that names a photo is told apart from one that does not", () => {
  assert.deepEqual(refusedPhoto({ detail: "image 2: The picture's end is missing." }), {
    index: 1,
    detail: "The picture's end is missing.",
  });
  assert.equal(refusedPhoto({ detail: "The field name is empty." }), null);
  assert.equal(refusedPhoto({}), null);
});
