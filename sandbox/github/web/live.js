// Looks again every two seconds, and puts in place what changed of the parts that may: a comment that is
// being written stays, and so does what was unfolded.
async function lookAgain() {
  const parts = [...document.querySelectorAll('[data-live]')];
  if (document.hidden || parts.length === 0) return;
  const answer = await fetch(location.href);
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html');
  for (const part of parts) {
    const next = fresh.getElementById(part.id);
    if (!next || part.dataset.seen === next.innerHTML) continue;
    const first = part.dataset.seen === undefined;
    part.dataset.seen = next.innerHTML;
    if (first && part.innerHTML === next.innerHTML) continue;
    const open = [...part.querySelectorAll('details')].map((one) => one.open);
    part.innerHTML = next.innerHTML;
    part.querySelectorAll('details').forEach((one, index) => (one.open ||= open[index] === true));
  }
}

setInterval(() => void lookAgain().catch(() => undefined), 2000);
