// Spares a tap to those whose browser has JavaScript. The form's own button does the same.
document.getElementById("hand-over").submit();
