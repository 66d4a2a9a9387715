// The latest searches as a strip of thumbnails, true to the moment.
import { jobImage } from "../api/jobs.js";
import { focusOf } from "../basics/box.js";
import { searchPath } from "../basics/route.js";
import { bestMatch, thresholdFor } from "../basics/threshold.js";
import { useStore } from "../parts/hooks.js";
import { Icon } from "../parts/icon.js";
import { Moment } from "../parts/moment.js";
import { ProblemNotice } from "../parts/notice.js";
import { html, useEffect, useRef, useState } from "../parts/preact.js";
import { strings } from "../strings.js";
import { newestFirst } from "./feed.js";
import { nameOf } from "./match_name.js";
import { isFinished } from "./search.js";
import {
  arrival,
  feedProblem,
  readOlder,
  searchFeed,
  startFeed,
} from "./search_feed.js";
import { wantedThreshold } from "./threshold_slider.js";

const text = strings.search;

// What a thumbnail says below itself: {text, more}, where `more` is how many
// others there are, and is not cut off where the name is long.
function captionOf(search, wanted) {
  const say = (words, more = "") => ({ text: words, more });

  if (search.status === "failed" || search.status === "dead") return say(text.failed);
  if (!isFinished(search)) return say(text.running);
  if (search.count === 0) return say(text.nobody);
  const threshold = thresholdFor(search, wanted);
  const match = search.faces.map((face) => bestMatch(face, threshold)).find(Boolean);

  if (!match) return say(text.unknownCount(search.count));
  return say(nameOf(match), search.count > 1 ? text.andMore(search.count - 1) : "");
}

// The thumbnail's frame, as strip.css draws it.
const FRAME = 116 / 87;

// A thumbnail shows the faces, wherever they are on the photo.
function thumbStyle({ image, faces }) {
  const boxes = faces.filter(Boolean).map(({ box }) => box);

  if (!image || boxes.length === 0) return undefined;
  const { x, y } = focusOf(boxes, image, FRAME);

  return { objectPosition: `${x * 100}% ${y * 100}%` };
}

function Thumb({ search, isCurrent, news, wanted }) {
  const [isMissing, setMissing] = useState(false);
  const caption = captionOf(search, wanted);

  return html`
    <li class="strip-item">
      <a
        href=${searchPath(search.id)}
        class="thumb"
        data-testid="strip-item"
        data-status=${search.status}
        data-news=${news ?? undefined}
        aria-current=${isCurrent ? "true" : undefined}
      >
        <span class="thumb-picture">
          ${
            isMissing
              ? html`<${Icon} name="photo" />`
              : html`
                  <img
                    src=${jobImage(search.id, "thumb")}
                    alt=""
                    style=${thumbStyle(search)}
                    loading="lazy"
                    decoding="async"
                    onError=${() => setMissing(true)}
                  />
                `
          }
          ${!isFinished(search) && html`<span class="thumb-running"></span>`}
        </span>
        <span class="thumb-caption">
          <span class="thumb-name">${caption.text}</span>
          ${caption.more}
        </span>
        <span class="thumb-time soft">
          ${
            news &&
            html`
              <span class="thumb-news">
                ${news === "missed" ? text.isMissed : text.isNew}
              </span>
            `
          }
          ${(!news || news === "new") && html`<${Moment} time=${search.created} />`}
        </span>
      </a>
    </li>
  `;
}

// Which searches came since this page was opened and were not looked at:
// id → "new", or "missed" while the connection was away.
function useNews(currentId) {
  const [news, setNews] = useState(new Map());
  const latest = useStore(arrival);

  useEffect(() => {
    if (latest)
      setNews((before) =>
        new Map(before).set(latest.id, latest.isMissed ? "missed" : "new"),
      );
  }, [latest]);
  useEffect(() => {
    setNews((before) => {
      if (!before.has(currentId)) return before;
      const after = new Map(before);

      after.delete(currentId);
      return after;
    });
  }, [currentId, latest]);
  return news;
}

// New ones come in at the beginning; who has scrolled away stays where they are,
// but the one that is shown is brought into view.
function useScrollToCurrent(currentId) {
  const list = useRef(null);

  useEffect(() => {
    const thumb = list.current?.querySelector("[aria-current]");

    if (!thumb) return;
    const frame = list.current.getBoundingClientRect();
    const place = thumb.getBoundingClientRect();
    if (place.left < frame.left || place.right > frame.right)
      list.current.scrollLeft += place.left - frame.left - frame.width / 3;
  }, [currentId]);
  return list;
}

function StripSkeleton() {
  return html`
    <ul class="strip-list" aria-hidden="true">
      ${Array.from(
        { length: 8 },
        (_, index) => html`
          <li class="strip-item" key=${index}>
            <span class="thumb"><span class="thumb-picture skeleton"></span></span>
          </li>
        `,
      )}
    </ul>
  `;
}

export function Strip({ currentId, children }) {
  const feed = useStore(searchFeed);
  const problem = useStore(feedProblem);
  const wanted = useStore(wantedThreshold);
  const news = useNews(currentId);
  const list = useScrollToCurrent(currentId);
  const searches = newestFirst(feed);

  return html`
    <section class="strip" data-testid="strip" aria-label=${text.latest}>
      <div class="section-head">
        <h2>${text.latest}</h2>
        ${children}
      </div>
      ${
        problem &&
        html`
          <${ProblemNotice}
            problem=${problem}
            title=${text.listFailed}
            safe=${text.listFailedSafe}
            retry=${startFeed}
          />
        `
      }
      ${
        !feed.isRead &&
        !problem &&
        html`<${StripSkeleton} />`
      }
      ${
        feed.isRead &&
        searches.length === 0 &&
        html`<p class="soft strip-empty">${text.empty}</p>`
      }
      ${
        searches.length > 0 &&
        html`
          <ul class="strip-list" ref=${list}>
            ${searches.map(
              (search) => html`
                <${Thumb}
                  key=${search.id}
                  search=${search}
                  wanted=${wanted}
                  isCurrent=${search.id === currentId}
                  news=${news.get(search.id) ?? null}
                />
              `,
            )}
            ${
              feed.next &&
              html`
                <li class="strip-item">
                  <button class="button strip-more" onClick=${readOlder}>
                    ${text.older}
                  </button>
                </li>
              `
            }
          </ul>
        `
      }
    </section>
  `;
}
