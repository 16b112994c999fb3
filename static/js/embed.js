// The hosted form inside a shop's page asks the tag out there which visit this is; without an answer it works as it is.
const form = document.getElementById("contact-form");
let questions = 10;
let asking;

function ask() {
  parent.postMessage("leader:ask", "*");
  questions -= 1;
  if (questions === 0) clearInterval(asking);
}

addEventListener("message", (event) => {
  if (event.source !== parent || !event.data?.leader) return;
  clearInterval(asking);
  const field = form.elements.namedItem("leader") || document.createElement("input");
  field.type = "hidden";
  field.name = "leader";
  field.value = JSON.stringify(event.data.leader);
  form.append(field);
});

// The tag may load later than this form.
if (form && parent !== window) {
  asking = setInterval(ask, 500);
  ask();
}
