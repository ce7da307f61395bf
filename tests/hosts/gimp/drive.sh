# For the scripts that drive GIMP's windows as a person does; $OUT is where pictures of them go.

find_window() { # waits for a window of this title, and gives it the keyboard
  for _ in $(seq 600); do
    window=$(xdotool search --onlyvisible --name "$1" 2>/dev/null | tail -n 1)
    [ -n "$window" ] && break
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

press_cancel_in_status_bar() { # which GIMP puts left of its right dock
  main=$(xdotool search --onlyvisible --name "GIMP$" | tail -n 1)
  eval "$(xdotool getwindowgeometry --shell "$main")"
  xdotool mousemove $((X + WIDTH - 283)) $((Y + HEIGHT - 18)) click 1
}
