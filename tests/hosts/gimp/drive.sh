# For the scripts that drive GIMP's windows as a person does; $OUT is where pictures of them go.

find_window() { # waits for a window of this title, and gives it the keyboard
  for _ in $(seq 3000); do
    window=$(xdotool search --onlyvisible --name "$1" 2>/dev/null | tail -n 1)
    [ -n "$window" ] && break
    xdotool getdisplaygeometry >/dev/null 2>&1 || exit # GIMP has ended, and the screen with it
    sleep 0.1
  done
  sleep 1 # until it is drawn
  xdotool windowfocus "$window"
}

press() { # keys, one after the other
  for key; do
    xdotool key "$key"
    sleep 0.2
  done
}

screenshot() {
  import -window root "$OUT/$1.png"
}

wait_for_change() { # since a screenshot; a caret that blinks is none
  for _ in $(seq 300); do
    import -window root "$OUT/.now.png"
    # Prints how many pixels differ.
    different=$(compare -metric AE -fuzz 5% "$OUT/$1.png" "$OUT/.now.png" null: 2>&1 || true)
    [ "${different%%[!0-9]*}" -gt 500 ] && break
    sleep 0.2
  done
  rm -f "$OUT/.now.png"
}

press_cancel_in_status_bar() { # which GIMP puts left of its right dock
  main=$(xdotool search --onlyvisible --name "GIMP$" | tail -n 1)
  eval "$(xdotool getwindowgeometry --shell "$main")"
  xdotool mousemove $((X + WIDTH - 283)) $((Y + HEIGHT - 18)) click 1
}
