// How a match is called.  The name of somebody who was erased is gone from past
// results, too; their id stays, and leads nowhere.
import { strings } from "../strings.js";

export const isErased = (match) => !match.person?.name;

export const nameOf = (match) =>
  isErased(match) ? strings.search.erased : match.person.name;
