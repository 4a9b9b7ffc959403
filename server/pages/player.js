"use strict";
// Plays the recording of a call from a turn on, or from wherever its waveform is clicked. Without it the same links
// open the recording itself, at the same second.
const audio = document.querySelector("audio");
const picture = document.querySelector(".waveform");
const line = picture.querySelector(".now");

function playFrom(seconds) {
  audio.currentTime = seconds;
  audio.play().catch(() => {}); // The browser shows by itself what it does not play.
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-seconds]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  playFrom(Number(link.dataset.seconds));
});

picture.addEventListener("click", (event) => {
  const box = picture.getBoundingClientRect();
  if (audio.duration) playFrom((audio.duration * (event.clientX - box.left)) / box.width);
});

audio.addEventListener("timeupdate", () => {
  const x = audio.duration ? (picture.viewBox.baseVal.width * audio.currentTime) / audio.duration : 0;
  line.setAttribute("x1", x);
  line.setAttribute("x2", x);
});
