// Which page an address means.
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export function routeOf(path) {
  const [first = "", second, ...rest] = path.replace(/^\/|\/$/g, "").split("/");

  if (rest.length > 0) return { page: "missing" };
  if (second !== undefined) {
    if (!UUID.test(second)) return { page: "missing" };
    if (first === "search") return { page: "search", id: second };
    if (first === "people") return { page: "person", id: second };
    if (first === "jobs") return { page: "job", id: second };
    return { page: "missing" };
  }
  if (first === "") return { page: "search", id: null };
  if (first === "enrol") return { page: "enrol" };
  if (first === "people") return { page: "people" };
  return { page: "missing" };
}

export const searchPath = (id) => `/search/${id}`;
export const personPath = (id) => `/people/${id}`;
export const jobPagePath = (id) => `/jobs/${id}`;
