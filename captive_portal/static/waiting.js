// Looks for the answer every five seconds, and goes on once there is one. Without it, "Look now" does the same.
"use strict";

const waiting = document.getElementById("waiting");
const look = async () => {
  try {
    const answer = await (await fetch(waiting.dataset.state)).json();
    if (answer.state !== "waiting") {
      location.assign(waiting.href);
      return;
    }
  } catch (error) {
    // The network is away for a moment: the next look may find it.
  }
  setTimeout(look, 5000);
};
setTimeout(look, 5000);
