// One person: faces, where each came from, where they were seen, and the end.
import { personImage, readPerson } from "../api/people.js";
import { createPhotoBatch } from "../enrol/photo_batch.js";
import { PhotoCards } from "../enrol/photo_card.js";
import { verdictOf } from "../enrol/verdict.js";
import { useHeld, useStore, useTitle } from "../parts/hooks.js";
import { Icon } from "../parts/icon.js";
import { Moment } from "../parts/moment.js";
import { EmptyState, Notice, ProblemNotice } from "../parts/notice.js";
import { DropVeil, PhotoButton, usePhotoDrop } from "../parts/photo_input.js";
import { Portrait } from "../parts/portrait.js";
import { html, useEffect, useState } from "../parts/preact.js";
import { searchFeed, startFeed } from "../search/search_feed.js";
import { strings } from "../strings.js";
import { ErasePanel } from "./erase_panel.js";
import { FaceGrid } from "./face_grid.js";
import {
  isChange,
  peopleEvent,
  peopleGaps,
  personOf,
  startPeopleFeed,
} from "./people_feed.js";
import { PersonEditor } from "./person_editor.js";
import { Sightings } from "./sightings.js";

const text = strings.person;

const SKELETON_AFTER_MS = 150;

// Whether a search that ended now found this person: then the sightings changed.
function sightingsOf(feed, id) {
  let number = 0;

  for (const search of feed.searches.values())
    if (
      search.status === "done" &&
      search.faces.some((face) =>
        face?.matches?.some((match) => match.person?.id === id),
      )
    )
      number += 1;
  return number;
}

// Reads the person, and again whenever something about them happened.
function usePerson(id) {
  const [person, setPerson] = useState(null);
  const [problem, setProblem] = useState(null);
  const sightings = sightingsOf(useStore(searchFeed), id);
  const reload = async () => {
    setProblem(null);
    try {
      const { body, offset } = await readPerson(id);

      startPeopleFeed(offset);
      setPerson(body);
    } catch (error) {
      setProblem(error);
    }
  };

  useEffect(() => {
    startFeed();
    const leaveEvents = peopleEvent.subscribe((event) => {
      if (personOf(event) === id && isChange(event)) reload();
    });
    const leaveGaps = peopleGaps.subscribe(reload);

    return () => {
      leaveEvents();
      leaveGaps();
    };
  }, [id]);
  useEffect(() => {
    reload();
  }, [id, sightings]);
  return { person, problem, reload, setPerson };
}

function useAddedPhotos(id) {
  const [batch] = useState(() => createPhotoBatch(id));

  useEffect(() => () => batch.close(), []);
  return batch;
}

function PersonHead({ person, isEditing, onEdit }) {
  const details = Object.entries(person.details ?? {});

  return html`
    <header class="person-head">
      <${Portrait}
        isLarge
        name=${person.name}
        src=${person.face_count > 0 ? personImage(person.id) : null}
      />
      <div class="person-head-text">
        <h1 data-testid="person-name">${person.name}</h1>
        <p class="soft person-facts">
          ${person.external_id && html`<span>${person.external_id}</span>`}
          ${
            person.email &&
            html`<a class="tall-link" href=${`mailto:${person.email}`}>${person.email}</a>`
          }
          <span>
            ${text.since}${" "}
            <${Moment} time=${person.created} />
          </span>
        </p>
        ${
          details.length > 0 &&
          html`
            <dl class="person-details">
              ${details.map(
                ([name, value]) => html`
                  <div key=${name}>
                    <dt>${name}</dt>
                    <dd>${typeof value === "string" ? value : JSON.stringify(value)}</dd>
                  </div>
                `,
              )}
            </dl>
          `
        }
      </div>
      ${
        !isEditing &&
        html`
          <button
            class="button"
            data-testid="person-edit"
            aria-label=${text.edit}
            onClick=${onEdit}
          >
            <${Icon} name="edit" />
            <span class="wide-only">${text.edit}</span>
          </button>
        `
      }
    </header>
  `;
}

function PersonSkeleton() {
  return html`
    <div class="person-head" aria-hidden="true">
      <span class="portrait skeleton" data-size="large"></span>
      <div class="person-head-text">
        <span class="skeleton line"></span>
        <span class="skeleton line is-short"></span>
      </div>
    </div>
  `;
}

// What stands among the faces already, and needs no further word.
const isSettled = (photo, person) =>
  verdictOf(photo).kind === "good" &&
  person.faces.some((face) => face.job === photo.jobId);

function Faces({ person, onChanged }) {
  const batch = useAddedPhotos(person.id);
  const photos = useStore(batch.photos).filter((photo) => !isSettled(photo, person));
  const [hint, setHint] = useState(null);
  const add = (files) => {
    setHint(files.length === 0 ? strings.photo.notAPhoto : null);
    batch.add(files);
  };
  const isOver = usePhotoDrop(add);

  return html`
    <section class="section" aria-label=${text.faces}>
      <div class="section-head">
        <h2>${text.faces}</h2>
        <${PhotoButton} isMultiple onFiles=${add}>
          <${Icon} name="plus" />${text.addPhotos}<//>
      </div>
      ${hint && html`<${Notice} title=${hint} testid="hint" />`}
      <${PhotoCards} photos=${photos} batch=${batch} isSaved />
      ${
        person.faces.length === 0 && photos.length === 0
          ? html`<p class="soft">${text.facesEmpty}</p>`
          : html`<${FaceGrid} person=${person} onChanged=${onChanged} />`
      }
      <${DropVeil} isOver=${isOver} text=${strings.photo.dropHere} />
    </section>
  `;
}

function BackLink() {
  return html`
    <a class="back" href="/people">
      <${Icon} name="back" />
      ${text.back}
    </a>
  `;
}

export function PersonPage({ id }) {
  const { person, problem, reload, setPerson } = usePerson(id);
  const [isEditing, setEditing] = useState(false);
  const [isErasing, setErasing] = useState(false);
  const isSlow = useHeld(!person && !problem, SKELETON_AFTER_MS);

  const erasePanel = html`
    <${ErasePanel} key="erase" person=${person} onErasing=${setErasing} />
  `;

  useTitle(person?.name ?? strings.people.title);
  // Being gone is what the erasure wants; its receipt is shown instead.
  if (isErasing)
    return html`
      <${BackLink} />
      ${erasePanel}
    `;
  if (problem?.status === 404)
    return html`
      <${BackLink} />
      <${EmptyState} icon="people" title=${text.missing} detail=${text.missingDetail}>
        <a class="button" href="/people">${text.toPeople}</a>
      <//>
    `;
  if (!person)
    return html`
      <${BackLink} />
      ${
        problem &&
        html`
          <${ProblemNotice}
            problem=${problem}
            title=${text.loadFailed}
            retry=${reload}
          />
        `
      }
      ${isSlow && html`<${PersonSkeleton} />`}
    `;
  return html`
    <${BackLink} />
    <${PersonHead}
      person=${person}
      isEditing=${isEditing}
      onEdit=${() => setEditing(true)}
    />
    ${
      isEditing &&
      html`
        <${PersonEditor}
          person=${person}
          onPerson=${setPerson}
          onClose=${() => setEditing(false)}
        />
      `
    }
    <${Faces} person=${person} onChanged=${reload} />
    <${Sightings} sightings=${person.sightings ?? []} />
    ${erasePanel}
  `;
}
