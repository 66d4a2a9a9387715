// The search page: drop a photo, see who it is, while it happens.
//
// At "/" it is idle with the drop zone, sends a photo of its own, or follows a
// search of somebody else; at "/search/<id>" it shows that one.
import { replayJob } from "../api/jobs.js";
import { NO_ANSWER, Problem } from "../api/problem.js";
import { jobPagePath, searchPath } from "../basics/route.js";
import { watchJob } from "../live/job_watch.js";
import { useListener, useStore, useTitle } from "../parts/hooks.js";
import { goTo } from "../parts/navigation.js";
import { EmptyState, Notice, ProblemNotice } from "../parts/notice.js";
import { DropVeil, usePhotoDrop } from "../parts/photo_input.js";
import { html, useEffect, useState } from "../parts/preact.js";
import { strings } from "../strings.js";
import { DropZone, NewSearchBar } from "./drop_zone.js";
import { enrolFace } from "./face_cut.js";
import { FollowSwitch, useFollowed } from "./following.js";
import {
  leaveOwnSearch,
  ownSearch,
  retryOwnSearch,
  searchPhoto,
} from "./own_search.js";
import { Result } from "./result.js";
import { emptySearch, isFinished } from "./search.js";
import {
  noteReplay,
  noteSearch,
  openSearch,
  searchFeed,
  startFeed,
} from "./search_feed.js";
import { Strip } from "./strip.js";

const text = strings.search;

// Reads the search if the feed does not have it whole: {search, problem, reopen}.
function useSearch(id) {
  const search = useStore(searchFeed).searches.get(id) ?? null;
  const [problem, setProblem] = useState(null);
  const isWhole = Boolean(search && isFinished(search));
  const reopen = () => {
    setProblem(null);
    return openSearch(id).catch(setProblem);
  };

  useEffect(() => {
    setProblem(null);
    if (id && !isWhole) reopen();
  }, [id]);
  useEffect(() => {
    if (!id || isWhole) return undefined;
    return watchJob(id, noteSearch).stop;
  }, [id, isWhole]);
  return { search, problem, reopen };
}

function FailedSearch({ search }) {
  const [refusal, setRefusal] = useState(null);
  const replay = () =>
    replayJob(search.id).then(() => noteReplay(search.id), setRefusal);
  const problem = refusal ?? new Problem({ ...search.error, status: 500 });

  return html`
    <${ProblemNotice} problem=${problem} safe=${text.failedSafe}>
      <button class="button" data-testid="retry" onClick=${replay}>${text.again}</button>
      <a class="button" data-kind="quiet" href=${jobPagePath(search.id)}>
        ${strings.job.stagesTitle}
      </a>
    <//>
  `;
}

function RefusedSearch({ own }) {
  const { isPassing, code } = own.problem;

  return html`
    <${ProblemNotice}
      problem=${own.problem}
      safe=${code === NO_ANSWER ? text.unansweredSafe : text.refusedSafe}
      title=${isPassing ? null : text.refused}
      retry=${isPassing ? retryOwnSearch : null}
    />
  `;
}

// The search `id`, or our own upload while it has no id yet: one after the other
// in the same place, so that the photo stays where it is.
function ShownSearch({ id, own }) {
  const { search, problem, reopen } = useSearch(id);
  const isFailed = search?.status === "failed" || search?.status === "dead";

  if (problem?.status === 404)
    return html`
      <${EmptyState} icon="search" title=${text.missing} detail=${text.missingDetail} />
    `;
  if (problem && !search)
    return html`
      <${ProblemNotice}
        problem=${problem}
        title=${text.loadFailed}
        safe=${text.loadFailedSafe}
        retry=${reopen}
      />
    `;
  return html`
    <${Result}
      search=${id ? (search ?? emptySearch(id)) : null}
      own=${own}
      problem=${
        (own?.problem &&
          html`<${RefusedSearch} own=${own} />`) ||
        (isFailed &&
          html`<${FailedSearch} search=${search} />`)
      }
      onEnrol=${(face) => enrolFace(search, face)}
    />
  `;
}

// Goes to the address of our own search as soon as it has one.
function useOwnAddress(id, own) {
  useEffect(() => {
    if (own?.phase !== "accepted") return;
    if (id === null) goTo(searchPath(own.jobId), { isReplacing: own.isFromResult });
    leaveOwnSearch();
  }, [own?.phase, id]);
}

export function SearchPage({ id }) {
  const own = useStore(ownSearch);
  const [hint, setHint] = useState(null);
  const [hasCamera, setCamera] = useState(false);
  const isIdle = id === null && !own && !hasCamera;
  const [followed, letGo] = useFollowed(isIdle);
  const shownId = id ?? followed;

  const take = (files) => {
    setCamera(false);
    setHint(files.length === 0 ? strings.photo.notAPhoto : null);
    if (files.length > 1) setHint(strings.photo.firstOfMany(files.length));
    if (files.length === 0) return;
    searchPhoto(files[0], { isFromResult: id !== null });
    goTo("/");
    scrollTo(0, 0);
  };
  const openCamera = () => {
    leaveOwnSearch();
    setCamera(true);
    goTo("/");
  };
  const isOver = usePhotoDrop(take);

  useTitle(text.title);
  useEffect(() => {
    startFeed();
  }, []);
  useOwnAddress(id, own);
  useListener("keydown", (event) => {
    if (event.key !== "Escape" || id !== null) return;
    if (own?.phase === "refused") leaveOwnSearch();
    letGo();
  });

  const isShowing = Boolean(shownId || own);
  return html`
    <h1 class=${isShowing ? "only-heard" : "question"}>${text.question}</h1>
    ${
      isShowing &&
      html`
        <${NewSearchBar}
          onFiles=${take}
          onCamera=${openCamera}
          id=${shownId}
          isFollowed=${!id && Boolean(followed)}
        />
      `
    }
    ${hint && html`<${Notice} title=${hint} testid="hint" />`}
    ${isShowing && html`<${ShownSearch} id=${shownId} own=${id === null ? own : null} />`}
    ${
      !isShowing &&
      html`
        <${DropZone}
          onFiles=${take}
          hasCamera=${hasCamera}
          onCamera=${setCamera}
          isOver=${isOver}
        />
      `
    }
    <${Strip} currentId=${shownId}>
      ${id === null && html`<${FollowSwitch} />`}
    <//>
    <${DropVeil} isOver=${isOver && isShowing} text=${strings.photo.dropHere} />
  `;
}
