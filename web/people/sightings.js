// The latest searches in which a person was found.
import { jobImage } from "../api/jobs.js";
import { formatSimilarity } from "../basics/format.js";
import { searchPath } from "../basics/route.js";
import { Icon } from "../parts/icon.js";
import { Moment } from "../parts/moment.js";
import { html, useState } from "../parts/preact.js";
import { strings } from "../strings.js";

const text = strings.person;

function Sighting({ job, similarity, time }) {
  const [isMissing, setMissing] = useState(false);
  const number = formatSimilarity(similarity);

  return html`
    <li class="strip-item">
      <a class="thumb" href=${searchPath(job)} data-testid="sighting">
        <span class="thumb-picture">
          ${
            isMissing
              ? html`<${Icon} name="photo" />`
              : html`
                  <img
                    src=${jobImage(job, "thumb")}
                    alt=""
                    loading="lazy"
                    decoding="async"
                    onError=${() => setMissing(true)}
                  />
                `
          }
        </span>
        <span class="thumb-caption" title=${text.sightingOf(number)}>${number}</span>
        <span class="thumb-time soft"><${Moment} time=${time} /></span>
      </a>
    </li>
  `;
}

export function Sightings({ sightings }) {
  return html`
    <section class="section" aria-label=${text.sightings} data-testid="sightings">
      <h2>${text.sightings}</h2>
      ${
        sightings.length === 0
          ? html`<p class="soft">${text.sightingsEmpty}</p>`
          : html`
              <ul class="strip-list">
                ${sightings.map(
                  (sighting) => html`<${Sighting} key=${sighting.job} ...${sighting} />`,
                )}
              </ul>
            `
      }
    </section>
  `;
}
