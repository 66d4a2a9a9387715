// The photos that somebody gave for one person, each on its own way from the file
// to the verdict.
import { replayJob } from "../api/jobs.js";
import { addFace, enrolPerson, PHOTOS_MOST } from "../api/people.js";
import { Problem } from "../api/problem.js";
import { closestBox } from "../basics/box.js";
import { randomKey } from "../basics/random_key.js";
import { createStore } from "../basics/store.js";
import { measureImage } from "../parts/image_file.js";
import { forgetEnd, whenEnded } from "../people/people_feed.js";
import { choicesOf, isSendable, refusedPhoto } from "./verdict.js";

// `personId` is null until the person is saved; then photos are sent as they come.
export function createPhotoBatch(personId = null) {
  const photos = createStore([]);
  const waits = new Map(); // key of photo → stops waiting for its job
  let owner = personId;
  // One key for each try to enrol, until something in the request changes.
  let attempt = { key: randomKey(), request: null };

  const find = (key) => photos.get().find((photo) => photo.key === key);
  const change = (key, members) =>
    photos.update((all) =>
      all.map((photo) => (photo.key === key ? { ...photo, ...members } : photo)),
    );

  function onEnd(key, job) {
    const photo = find(key);
    const boxes = choicesOf(job);
    const meant = photo?.wanted ? closestBox(boxes, photo.wanted) : -1;

    waits.delete(key);
    if (!photo) return;
    // Cut out of a search, we know which of the faces is meant.
    if (meant >= 0) {
      change(key, { wanted: null });
      send(key, boxes[meant]);
    } else change(key, { phase: "ended", job });
  }

  function watch(key, jobId) {
    change(key, { phase: "looking", progress: 1, jobId, problem: null });
    waits.set(
      key,
      whenEnded(jobId, (job) => onEnd(key, job)),
    );
  }

  // Sends one photo to a person who is saved.
  async function send(key, box = null) {
    const requestKey = randomKey();
    const { file } = find(key);

    change(key, { phase: "sending", progress: 0, job: null, problem: null, box });
    try {
      const job = await addFace(owner, file, {
        box,
        key: requestKey,
        onProgress: (progress) => change(key, { progress }),
      });

      watch(key, job.id);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      change(key, { phase: "ready", problem: error });
    }
  }

  // Says it of the photo itself, if one of them was refused.
  function blame(error, sent) {
    const refused = refusedPhoto(error);
    const photo = refused && sent[refused.index];

    if (!photo) return error;
    const problem = new Problem({ ...error, detail: refused.detail });

    change(photo.key, { problem });
    return problem;
  }

  async function measure(key, url) {
    const image = await measureImage(url);

    change(key, { image, phase: "ready" });
    if (owner && find(key) && isSendable(find(key))) send(key);
  }

  return {
    photos,

    // Returns how many found no place any more.
    add(files, { wanted = null } = {}) {
      const room = owner ? files.length : PHOTOS_MOST - photos.get().length;
      const taken = files.slice(0, Math.max(0, room)).map((file) => ({
        key: randomKey(),
        file,
        url: URL.createObjectURL(file),
        image: null,
        phase: "measuring",
        progress: 0,
        jobId: null,
        job: null,
        problem: null,
        box: null,
        wanted,
      }));

      photos.update((all) => [...all, ...taken]);
      for (const { key, url } of taken) measure(key, url);
      return files.length - taken.length;
    },

    remove(key) {
      const photo = find(key);

      waits.get(key)?.();
      waits.delete(key);
      if (photo) URL.revokeObjectURL(photo.url);
      photos.update((all) => all.filter((one) => one.key !== key));
    },

    // Saves the person and every photo that can be sent, or nothing.  Resolves to
    // the person, rejects with a Problem.
    async enrol(fields) {
      const sent = photos.get().filter(isSendable);
      const request = JSON.stringify([fields, sent.map(({ key }) => key)]);

      if (request !== attempt.request) attempt = { key: randomKey(), request };
      for (const { key } of sent)
        change(key, { phase: "sending", progress: 0, problem: null });
      try {
        const person = await enrolPerson(
          fields,
          sent.map(({ file }) => file),
          {
            key: attempt.key,
            onProgress: (all) =>
              all.forEach((progress, index) => change(sent[index].key, { progress })),
          },
        );

        owner = person.id;
        sent.forEach(({ key }, index) => watch(key, person.jobs[index].id));
        return person;
      } catch (error) {
        for (const { key } of sent) change(key, { phase: "ready" });
        throw blame(error, sent);
      }
    },

    choose: (key, box) => send(key, box),

    // Once more: the upload if that was refused, else the job on the server.
    async repeat(key) {
      const { problem, jobId, box } = find(key);

      if (problem || !jobId) {
        await send(key, box);
        return;
      }
      change(key, { phase: "looking", job: null });
      try {
        await replayJob(jobId);
        forgetEnd(jobId);
        watch(key, jobId);
      } catch (error) {
        change(key, { phase: "ready", problem: error });
      }
    },

    // The page is left.  What is under way goes on at the server.
    close() {
      for (const stop of waits.values()) stop();
      for (const { url } of photos.get()) URL.revokeObjectURL(url);
    },
  };
}
