// The frame around every page, and which page is in it.
import { tokenWish, visit } from "./api/token.js";
import { routeOf } from "./basics/route.js";
import { Announcer } from "./parts/announcer.js";
import { ConnectionDot, OfflineBar } from "./parts/connection_state.js";
import { useListener, useStore, useTitle } from "./parts/hooks.js";
import { Icon } from "./parts/icon.js";
import { isTyping } from "./parts/keyboard.js";
import { later, prepareLater } from "./parts/later.js";
import { goTo, path } from "./parts/navigation.js";
import { EmptyState } from "./parts/notice.js";
import { html, useEffect, useRef } from "./parts/preact.js";
import { ThemeSwitch } from "./parts/theme.js";
import { TokenPanel } from "./parts/token_panel.js";
import { focusPeopleSearch } from "./people/people_search.js";
import { SearchPage } from "./search/search_page.js";
import { strings } from "./strings.js";

const EnrolPage = later(() => import("./enrol/enrol_page.js"), "EnrolPage");
const PeoplePage = later(() => import("./people/people_page.js"), "PeoplePage");
const JobPage = later(() => import("./jobs/job_page.js"), "JobPage");
const PersonPage = later(() => import("./people/person_page.js"), "PersonPage");

const PAGES = {
  search: ({ id }) => html`<${SearchPage} id=${id} />`,
  enrol: () => html`<${EnrolPage} />`,
  people: () => html`<${PeoplePage} />`,
  person: ({ id }) => html`<${PersonPage} key=${id} id=${id} />`,
  job: ({ id }) => html`<${JobPage} key=${id} id=${id} />`,
  missing: () => html`<${MissingPage} />`,
};

const LINKS = [
  { page: "search", path: "/", icon: "search" },
  { page: "enrol", path: "/enrol", icon: "enrol" },
  { page: "people", path: "/people", icon: "people" },
];

// A person belongs to the people.
const sectionOf = ({ page }) => (page === "person" ? "people" : page);

function MissingPage() {
  useTitle(strings.missing.title);
  return html`
    <${EmptyState}
      icon="search"
      title=${strings.missing.title}
      detail=${strings.missing.detail}
    >
      <a class="button" data-kind="primary" href="/">${strings.missing.home}</a>
    <//>
  `;
}

function Header({ route }) {
  return html`
    <header class="header">
      <div class="header-row">
        <a class="brand" href="/">
          <svg viewBox="0 0 24 24" aria-hidden="true">
            <path
              d="M3 8.5V5.5A2.5 2.5 0 0 1 5.5 3h3M15.5 3h3A2.5 2.5 0 0 1 21 5.5v3M21 15.5v3a2.5 2.5 0 0 1-2.5 2.5h-3M8.5 21h-3A2.5 2.5 0 0 1 3 18.5v-3"
            />
            <path d="M7 12h2.5l1.7-3.6 2 7 1.5-3.4H17" />
          </svg>
          <span class="brand-name">${strings.product}</span>
        </a>
        <nav class="nav" aria-label=${strings.nav.label}>
          ${LINKS.map(
            (link) => html`
              <a
                href=${link.path}
                class="nav-link"
                aria-current=${sectionOf(route) === link.page ? "page" : undefined}
              >
                <${Icon} name=${link.icon} />
                ${strings.nav[link.page]}
              </a>
            `,
          )}
        </nav>
        <div class="header-end">
          <${ConnectionDot} />
          <${ThemeSwitch} />
        </div>
      </div>
    </header>
  `;
}

// A reader of the new page begins at its beginning.  Not on the first page: there
// the browser has put the focus already.
function useFocusOnChange(content, page) {
  const isFirst = useRef(true);

  useEffect(() => {
    if (!isFirst.current && !content.current.contains(document.activeElement))
      content.current.focus({ preventScroll: true });
    isFirst.current = false;
  }, [page]);
}

export function App() {
  const route = routeOf(useStore(path));
  const content = useRef(null);

  useFocusOnChange(content, route.page);
  useEffect(() => prepareLater([EnrolPage, PeoplePage, PersonPage, JobPage]), []);
  useListener("keydown", (event) => {
    if (event.key !== "/" || isTyping(event.target)) return;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    goTo("/people");
    focusPeopleSearch();
  });
  return html`
    <a class="skip" href="#content">${strings.skipToContent}</a>
    <${Header} route=${route} />
    <main id="content" class="content" tabindex="-1" ref=${content}>
      <${TokenPanel} />
      <div key=${useStore(visit)} hidden=${useStore(tokenWish).isNeeded}>
        ${PAGES[route.page](route)}
      </div>
    </main>
    <${OfflineBar} />
    <${Announcer} />
  `;
}
