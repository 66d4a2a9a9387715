// Everybody who is enrolled, as cards.
import { personImage } from "../api/people.js";
import { personPath } from "../basics/route.js";
import { announce } from "../parts/announcer.js";
import { handOver } from "../parts/handover.js";
import { useHeld, useTitle } from "../parts/hooks.js";
import { Icon } from "../parts/icon.js";
import { EmptyState, ProblemNotice } from "../parts/notice.js";
import { Portrait } from "../parts/portrait.js";
import { html, useEffect, useState } from "../parts/preact.js";
import { strings } from "../strings.js";
import { lastQuery, usePeople } from "./people_list.js";
import { PeopleSearch } from "./people_search.js";

const text = strings.people;

const SKELETON_AFTER_MS = 150;

function PersonCard({ person }) {
  const { id, name, external_id: key, face_count: faceCount } = person;

  return html`
    <li>
      <a class="person-card" href=${personPath(id)} data-testid="person-card">
        <${Portrait}
          isLarge
          name=${name}
          src=${faceCount > 0 ? personImage(id) : null}
        />
        <span class="person-card-name">${name}</span>
        <span class="soft person-card-more">
          ${faceCount > 0 ? strings.counts.faces(faceCount) : text.noFace}${key && ` · ${key}`}
        </span>
      </a>
    </li>
  `;
}

function CardSkeletons() {
  return html`
    <ul class="person-cards" aria-hidden="true">
      ${Array.from(
        { length: 10 },
        (_, index) => html`
          <li key=${index} class="person-card">
            <span class="portrait skeleton" data-size="large"></span>
            <span class="skeleton line"></span>
          </li>
        `,
      )}
    </ul>
  `;
}

function NobodyFound({ query }) {
  if (!query)
    return html`
      <${EmptyState} icon="people" title=${text.empty} detail=${text.emptyDetail}>
        <a class="button" data-kind="primary" href="/enrol">${text.enrol}</a>
      <//>
    `;
  return html`
    <${EmptyState} icon="search" title=${text.none(query)} detail=${text.noneDetail}>
      <a class="button" href="/enrol" onClick=${() => handOver({ name: query })}>
        ${text.enrolNamed(query)}
      </a>
    <//>
  `;
}

export function PeoplePage() {
  const [typed, setTyped] = useState(lastQuery);
  const query = typed.trim();
  const { list, readMore, reload } = usePeople(query);
  const isSlow = useHeld(list.isLoading, SKELETON_AFTER_MS);

  useTitle(text.title);
  useEffect(() => {
    if (list.query && list.items) announce(text.found(list.items.length));
  }, [list.query, list.items]);
  return html`
    <div class="section-head">
      <h1>${text.title}</h1>
      <${PeopleSearch} value=${typed} onValue=${setTyped} />
      <a class="button" data-kind="primary" href="/enrol">
        <${Icon} name="plus" />
        ${strings.nav.enrol}
      </a>
    </div>
    ${
      list.problem &&
      html`
        <${ProblemNotice}
          problem=${list.problem}
          title=${text.listFailed}
          safe=${text.listFailedSafe}
          retry=${reload}
        />
      `
    }
    ${
      !list.items &&
      isSlow &&
      html`<${CardSkeletons} />`
    }
    ${
      list.items?.length === 0 &&
      !list.isLoading &&
      html`<${NobodyFound} query=${list.query} />`
    }
    ${
      list.items?.length > 0 &&
      html`
        <ul class="person-cards" data-testid="people" data-stale=${isSlow}>
          ${list.items.map(
            (person) => html`<${PersonCard} key=${person.id} person=${person} />`,
          )}
        </ul>
      `
    }
    ${
      list.next &&
      html`
        <p class="more">
          <button
            class="button"
            data-testid="people-more"
            disabled=${list.isLoading}
            onClick=${readMore}
          >
            ${list.isLoading ? strings.loading : strings.more}
          </button>
        </p>
      `
    }
  `;
}
