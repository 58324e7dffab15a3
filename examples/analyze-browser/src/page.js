/** @file The page: passes the chosen file to the worker and shows what the worker reports. */
const input = document.querySelector('input');
const button = document.querySelector('button');
const status = document.querySelector('[role=status]');
const rows = document.querySelector('tbody');
let worker;

input.addEventListener('change', () => {
  worker?.terminate();
  rows.replaceChildren();
  worker = new Worker(new URL('./analysis.worker.js', import.meta.url), { type: 'module' });
  worker.addEventListener('message', ({ data }) => show(data));
  worker.postMessage(input.files[0]); // a File is passed by reference, not copied
  button.disabled = false;
  status.textContent = 'Opening the models and the clip …';
});

button.addEventListener('click', () => {
  worker.terminate();
  button.disabled = true;
  status.textContent = 'Canceled.';
});

function show({ progress, report, error }) {
  if (progress) {
    const { stage, done, total } = progress;
    status.textContent = `${stage}: ${done}${total === undefined ? '' : ` of ${total}`}`;
    return;
  }
  button.disabled = true;
  status.textContent = error ?? `${report.expressions.length} expressions in ${report.clip.name}`;
  for (const { kind, onset, apex, offset, verdict = '' } of report?.expressions ?? []) {
    const row = rows.insertRow();
    const times = [onset, apex, offset].map(({ time }) => time.toFixed(2));
    for (const text of [kind, ...times, verdict]) row.insertCell().textContent = text;
  }
}
