// The messages that the server's tests write are the ones that these tests read.
import { readdirSync, readFileSync } from "node:fs";

const folder = new URL("../../proto/examples/", import.meta.url);
const read = (path) => JSON.parse(readFileSync(new URL(path, folder), "utf8"));

export const eventExample = (name) => read(`live/server/event-${name}.json`);
export const httpExample = (name) => read(`http/${name}.json`);

// Every message of the server on the live connection.
export const liveExamples = () =>
  readdirSync(new URL("live/server/", folder)).map((name) => ({
    name,
    message: read(`live/server/${name}`),
  }));

export const problemExamples = () =>
  readdirSync(new URL("http/", folder))
    .filter((name) => name.startsWith("problem-"))
    .map((name) => ({ name, problem: read(`http/${name}`) }));
