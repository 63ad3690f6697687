"""What each key does at a menu."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prompt_toolkit.filters import Condition
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.keys import Keys

from equidesign.report.layout import Line
from equidesign.terminal.asker import Answer, Back
from equidesign.terminal.menu import Menu
from equidesign.terminal.places import WHERE, answered

if TYPE_CHECKING:
    from equidesign.terminal.menus import Menus


def bindings(menus: Menus) -> KeyBindings:
    """Return the keys of menus; every key that is not among them says what may be pressed instead."""
    keys = KeyBindings()
    asking = Condition(lambda: menus.menu is not None and not menus.menu.busy)
    helping = Condition(lambda: menus.menu is not None and menus.menu.helping)
    ready = asking & ~helping

    def menu() -> Menu:
        assert menus.menu is not None
        menus.menu.message = []
        return menus.menu

    @keys.add("c-c")
    @keys.add("c-d")
    @keys.add("<sigint>")
    def _(event: KeyPressEvent) -> None:
        menus.stop()

    @keys.add("c-z")
    def _(event: KeyPressEvent) -> None:
        event.app.suspend_to_background()

    @keys.add("c-l")
    def _(event: KeyPressEvent) -> None:
        event.app.renderer.clear()

    @keys.add("<any>", filter=~asking)
    def _(event: KeyPressEvent) -> None:
        menus.later(event.key_sequence)

    @keys.add("<any>", filter=helping)
    def _(event: KeyPressEvent) -> None:
        menu().helping = False
        menu().scroll = 0

    for name, by in (("pageup", -1), ("pagedown", 1)):

        @keys.add(name, filter=asking)
        def _(event: KeyPressEvent, by: int = by) -> None:
            menu().page(by)

    for name, by in (("up", -1), ("down", 1), ("c-p", -1), ("c-n", 1)):

        @keys.add(name, filter=ready)
        def _(event: KeyPressEvent, by: int = by) -> None:
            menu().move(by)
            menus.look()

    @keys.add("enter", filter=ready)
    @keys.add("c-j", filter=ready)  # Enter, pressed before the menu was there
    def _(event: KeyPressEvent) -> None:
        here = menu()
        if not here.question.options:
            menus.reply(here.typed)
        elif here.option is None:
            here.insert("")  # says again what is wrong
        elif here.question.id == WHERE:
            menus.reply(Back(str(here.option.value)))
        else:
            menus.reply(Answer(here.option.value))

    @keys.add("escape", filter=ready)
    def _(event: KeyPressEvent) -> None:
        here = menu()
        if here.typed and not here.given:
            here.go(len(here.typed))
            here.erase(len(here.typed))
            menus.look()
        else:
            back()

    @keys.add("c-b", filter=ready)
    def _(event: KeyPressEvent) -> None:
        menu()
        back()

    def back() -> None:
        here = menu()
        if menus.close():
            return
        if answered(here.flow):
            menus.reply(Back())
        else:
            here.message = [Line("this is the first question: there is nothing to go back to")]

    @keys.add("tab", filter=ready)
    def _(event: KeyPressEvent) -> None:
        menu()
        if not menus.close():
            menus.earlier()

    @keys.add("f1", filter=ready)
    def _(event: KeyPressEvent) -> None:
        menu().helping = True
        menu().scroll = 0

    @keys.add("?", filter=ready)
    def _(event: KeyPressEvent) -> None:
        here = menu()
        if here.typed and not (here.given or here.question.options):
            here.insert("?")
        else:
            here.helping, here.scroll = True, 0

    @keys.add("left", filter=ready)
    def _(event: KeyPressEvent) -> None:
        here = menu()
        if not here.typed or here.given or here.question.options:
            back()
        else:
            here.go(here.cursor - 1)

    @keys.add("right", filter=ready)
    def _(event: KeyPressEvent) -> None:
        here = menu()
        here.go(here.cursor + 1)

    @keys.add("home", filter=ready)
    @keys.add("c-a", filter=ready)
    def _(event: KeyPressEvent) -> None:
        menu().go(0)

    @keys.add("end", filter=ready)
    @keys.add("c-e", filter=ready)
    def _(event: KeyPressEvent) -> None:
        here = menu()
        here.go(len(here.typed))

    for name, count in (("backspace", 1), ("delete", -1), ("c-u", 10_000)):

        @keys.add(name, filter=ready)
        def _(event: KeyPressEvent, count: int = count) -> None:
            menu().erase(count)
            menus.look()

    @keys.add(Keys.BracketedPaste, filter=ready)
    def _(event: KeyPressEvent) -> None:
        menu().insert(" ".join(event.data.split()))
        menus.look()

    @keys.add("<any>", filter=ready)
    def _(event: KeyPressEvent) -> None:
        here = menu()
        if event.data.isprintable():
            here.insert(event.data)
            menus.look()
        else:
            name = str(getattr(event.key_sequence[0].key, "value", event.key_sequence[0].key))
            here.message = [Line(f"the key {name} does nothing here; ? shows the keys that do")]

    return keys
