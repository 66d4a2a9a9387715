// The list of people as the page shows it, kept true while others enrol and
// erase.
import { listPeople, readPerson } from "../api/people.js";
import { useEffect, useRef, useState } from "../parts/preact.js";
import {
  isChange,
  peopleEvent,
  peopleGaps,
  personOf,
  startPeopleFeed,
} from "./people_feed.js";

const PAGE = 48;
const LIMIT_MOST = 200; // of one answer: proto/http.md
const TYPING_MS = 150;

// {items, next, query, isLoading, problem}; items is null until the first answer.
const NOTHING_YET = {
  items: null,
  next: null,
  query: "",
  isLoading: true,
  problem: null,
};

// A person who is new, or has a new face, among those that are shown.
export function withPerson(items, person, isListed) {
  const place = items.findIndex(({ id }) => id === person.id);

  if (place >= 0) return items.with(place, person);
  return isListed ? [person, ...items] : items;
}

export const withoutPerson = (items, id) => items.filter((person) => person.id !== id);

// Read again, the list is as long as it was.
const lengthOf = (list, query) =>
  list.items && list.query === query
    ? Math.min(LIMIT_MOST, Math.max(PAGE, list.items.length))
    : PAGE;

function useLiveChanges(query, setList, reload) {
  useEffect(() => {
    const changeItems = (change) =>
      setList((list) => (list.items ? { ...list, items: change(list.items) } : list));
    const leaveEvents = peopleEvent.subscribe(async (event) => {
      const id = personOf(event);

      if (!id || !isChange(event)) return;
      try {
        const { body } = await readPerson(id);

        changeItems((items) => withPerson(items, body, query === ""));
      } catch (problem) {
        if (problem.status === 404) changeItems((items) => withoutPerson(items, id));
      }
    });
    const leaveGaps = peopleGaps.subscribe(reload);

    return () => {
      leaveEvents();
      leaveGaps();
    };
  }, [query]);
}

// What was shown last, so that who comes back from a person finds the list, and
// the place in it, as it was.
let last = NOTHING_YET;

export const lastQuery = () => last.query;

export function usePeople(query) {
  const [list, setList] = useState(last);
  const asking = useRef(null);

  async function read(after = null) {
    asking.current?.abort();
    asking.current = new AbortController();
    setList((before) => ({ ...before, isLoading: true, problem: null }));
    try {
      const { body, offset } = await listPeople(
        { q: query, limit: after ? PAGE : lengthOf(list, query), after },
        asking.current.signal,
      );

      startPeopleFeed(offset);
      setList((before) => ({
        items: after ? [...before.items, ...body.items] : body.items,
        next: body.next,
        query,
        isLoading: false,
        problem: null,
      }));
    } catch (error) {
      if (error.name !== "AbortError")
        setList((before) => ({ ...before, isLoading: false, problem: error }));
    }
  }

  useEffect(() => {
    // The first page needs no patience, typing does.
    const timer = setTimeout(() => read(), list.items ? TYPING_MS : 0);

    return () => clearTimeout(timer);
  }, [query]);
  useEffect(() => () => asking.current?.abort(), []);
  useEffect(() => {
    last = { ...list, isLoading: true };
  }, [list]);
  useLiveChanges(query, setList, () => read());
  return { list, readMore: () => read(list.next), reload: () => read() };
}
