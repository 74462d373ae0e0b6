// A tablet in a hotel: a form that nobody has touched for three minutes is shown empty to whoever comes next.
let timer
function wait() {
  clearTimeout(timer)
  timer = setTimeout(() => location.replace(location.pathname + location.search), 180000)
}
for (const sign of ["input", "keydown", "pointerdown", "pointermove", "scroll"]) addEventListener(sign, wait)
wait()
