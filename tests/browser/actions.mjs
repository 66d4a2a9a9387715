// What people do on the pages, in a few words each.
import { photo } from "./photos.mjs";
import { ask } from "./stack.mjs";
import { readFile } from "node:fs/promises";
import { until } from "./browser.mjs";

// A family and the photos that each is enrolled with; whoever is left out is a
// stranger on the photo of all four.
export const MOTHER = { name: "Marta Oliveira", photo: "f1-mom-1.jpg" };
export const FATHER = { name: "Daniel Oliveira", photo: "f1-dad-1.jpg" };
export const SON = { name: "Leo Oliveira", photo: "f1-son-2.jpg" };
export const DAUGHTER = { name: "Nina Oliveira", photo: "f1-daughter-2.jpg" };
export const GROUP = "f1-group.jpg";

// Through the form, as a visitor does it.
export async function enrol(page, person) {
  await page.get("enrol-name").fill(person.name);
  await page.get("photo-input").setInputFiles(photo(person.photo));
  await page.get("enrol-submit").click();
  await page.locator("[data-testid=saved][data-found=true]").waitFor();
}

const isOver = ({ status }) => ["done", "failed", "dead"].includes(status);

export async function waitForJob(stack, id) {
  let job;

  await until(async () => {
    job = await ask(stack, `/v1/jobs/${id}`);
    return isOver(job);
  });
  return job;
}

// Through the API, where the enrolment is not what is looked at.  Resolves to the
// person.
export async function enrolByApi(stack, { name, photo: file, key }) {
  const query = new URLSearchParams({ name, ...(key && { external_id: key }) });
  const person = await ask(stack, `/v1/people?${query}`, {
    method: "POST",
    headers: { "Content-Type": "image/jpeg" },
    body: await readFile(photo(file)),
  });

  for (const { id } of person.jobs) await waitForJob(stack, id);
  return person;
}

// A search of somebody else.  Resolves to the job as it was accepted.
export async function searchByApi(stack, file) {
  return ask(stack, "/v1/searches?threshold=50&max_matches=5", {
    method: "POST",
    headers: { "Content-Type": "application/octet-stream" },
    body: await readFile(photo(file)),
  });
}

// What stands on the photo: {known: names, unknown: how many}.
export async function readChips(page) {
  const chips = await page
    .locator("[data-testid=face-row]")
    .evaluateAll((rows) =>
      rows.map((row) => ({
        isKnown: row.dataset.known === "true",
        name: row.querySelector(".face-name").textContent.trim(),
      })),
    );

  return {
    known: chips
      .filter(({ isKnown }) => isKnown)
      .map(({ name }) => name)
      .sort(),
    unknown: chips.filter(({ isKnown }) => !isKnown).length,
  };
}

export const done = (page) =>
  page.locator("[data-testid=result][data-status=done]").waitFor();
