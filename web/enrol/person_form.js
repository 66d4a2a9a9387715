// What stands in a form about a person, and what it means to the API.  Details
// are a JSON object there, and pairs of texts here.
export const emptyPair = { name: "", value: "" };

export const emptyForm = { name: "", key: "", email: "", details: [] };

// A value that is no text is shown as JSON.
const shown = (value) => (typeof value === "string" ? value : JSON.stringify(value));

export function formOf(person) {
  return {
    name: person.name,
    key: person.external_id ?? "",
    email: person.email ?? "",
    details: Object.entries(person.details ?? {}).map(([name, value]) => ({
      name,
      value: shown(value),
    })),
  };
}

// `before` are the details as they were: what nobody changed keeps its kind, so
// that a number does not become a text by being looked at.
function detailsOf(pairs, before) {
  const details = {};

  for (const { name, value } of pairs) {
    const key = name.trim();

    if (key === "") continue;
    details[key] =
      key in before && shown(before[key]) === value ? before[key] : value.trim();
  }
  return details;
}

// The fields of a new person: texts, as a multipart body has them.
export function fieldsOf(form) {
  const details = detailsOf(form.details, {});

  return {
    name: form.name.trim(),
    external_id: form.key.trim(),
    email: form.email.trim(),
    details: Object.keys(details).length > 0 ? JSON.stringify(details) : "",
  };
}

// What differs from the person as it is; null if nothing does.
export function changesOf(form, person) {
  const wanted = {
    name: form.name.trim(),
    external_id: form.key.trim() || null,
    email: form.email.trim() || null,
    details: detailsOf(form.details, person.details ?? {}),
  };
  const changed = Object.entries(wanted).filter(
    ([name, value]) =>
      JSON.stringify(value) !==
      JSON.stringify(person[name] ?? (name === "details" ? {} : null)),
  );

  return changed.length > 0 ? Object.fromEntries(changed) : null;
}
