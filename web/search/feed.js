// The searches that are going on, by id: a list read over HTTP, kept true by
// events.  These functions are pure; search_feed.js connects them.
//
//   {searches: Map of id → search, next, isRead, openId}
//
// `next` continues the list into the past; `isRead` is false until it was read;
// `openId` is the search that is looked at, which may be older than the rest.
import { emptySearch, furtherOf, searchAfter, searchOfJob } from "./search.js";

// A wall display must not grow for ever.
const KEPT = 200;

export const emptyFeed = {
  searches: new Map(),
  next: null,
  isRead: false,
  openId: null,
};

// Ids of version 7 sort by age.
export function newestFirst(feed) {
  return [...feed.searches.values()].sort((one, other) => (one.id < other.id ? 1 : -1));
}

function withSearches(feed, searches) {
  if (searches.size <= KEPT) return { ...feed, searches };
  const newest = [...searches.keys()].sort().slice(-KEPT);
  const kept = new Map(newest.map((id) => [id, searches.get(id)]));

  if (searches.has(feed.openId)) kept.set(feed.openId, searches.get(feed.openId));
  return { ...feed, searches: kept };
}

function withJobs(feed, jobs) {
  const searches = new Map(feed.searches);

  for (const job of jobs)
    searches.set(job.id, furtherOf(searches.get(job.id), searchOfJob(job)));
  return withSearches(feed, searches);
}

// `page` is one answer of GET /v1/jobs: the list's beginning, or what follows.
export function feedAfterPage(feed, page) {
  return { ...withJobs(feed, page.items), next: page.next, isRead: true };
}

export const feedAfterJob = (feed, job) => withJobs(feed, [job]);

// `job` is one that somebody opened.
export function feedAfterOpen(feed, job) {
  return withJobs({ ...feed, openId: job.id }, [job]);
}

export function feedAfterEvent(feed, event) {
  const before = feed.searches.get(event.job);
  const after = searchAfter(before ?? emptySearch(event.job), event);

  if (after === before) return feed;
  return withSearches(feed, new Map(feed.searches).set(event.job, after));
}
