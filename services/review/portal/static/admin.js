/** What all pages for administrators share: times in the reader's time zone, questions before what cannot be undone. */

const language = document.documentElement.lang || undefined;
const moment = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' });
const timeOfDay = new Intl.DateTimeFormat(language, { timeStyle: 'short' });
const day = new Intl.DateTimeFormat('en', { dateStyle: 'short' });

/** For today the time alone is enough. @param {Date} date */
const written = (date) => (day.format(date) === day.format(new Date()) ? timeOfDay : moment).format(date);

for (const time of document.querySelectorAll('time[datetime]')) {
  const date = new Date(/** @type {HTMLTimeElement} */ (time).dateTime);
  if (!Number.isNaN(date.getTime())) time.textContent = written(date);
}

for (const form of document.querySelectorAll('form[data-confirm]')) {
  form.addEventListener('submit', (event) => {
    if (!confirm(/** @type {HTMLElement} */ (form).dataset.confirm)) event.preventDefault();
  });
}
