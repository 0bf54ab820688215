//! The page as a whole: login or the three panes. Each part gets plain data and draws itself only when that changed.

use super::{App, Msg, Shown};
use crate::drag_layer::DragLayer;
use crate::history::HistoryPane;
use crate::live_region::LiveRegion;
use crate::login::LoginForm;
use crate::panes::DividerBar;
use crate::question::Question;
use crate::search::SearchBox;
use crate::settings::SettingsDialog;
use crate::stream::Stream;
use crate::ticking::Now;
use crate::topbar::TopBar;
use crate::transport::Surroundings;
use crate::users::Users;
use frontdesk_console::Settings;
use frontdesk_console::texts::page;
use std::rc::Rc;
use yew::{Callback, Context, ContextProvider, Html, classes, html};

impl App {
    pub(super) fn draw(&self, ctx: &Context<Self>) -> Html {
        let said = html! { <LiveRegion key="said" said={self.console.said.clone()} /> };
        let page = if self.console.needs_login() { self.draw_login() } else { self.draw_desk(ctx) };
        html! { <>{ page }{ said }</> }
    }

    fn draw_login(&self) -> Html {
        html! {
            <LoginForm
                key="login"
                desktop={self.transport.surroundings() == Surroundings::Desktop}
                server={self.console.settings.server.clone()}
                user={self.console.settings.user.clone()}
                busy={self.console.login.wait.is_some()}
                error={self.console.login.error.clone()}
                certificate={self.console.login.certificate.clone()}
                remarks={self.console.remarks()}
                on={self.happened.clone()}
            />
        }
    }

    fn draw_desk(&self, ctx: &Context<Self>) -> Html {
        let on = &self.happened;
        let settings: &Settings = &self.console.settings;
        let open = ctx.link().callback(Msg::Settings);
        let divide = ctx.link().callback(Msg::Divide);
        let light = self.console.light();
        let moving = self.console.moving.leg().is_some();
        let dragging = self.dragging();
        let pulling = self.console.handed.pulling.row().is_some();
        let drawn = self.drawn();
        let tiles = self.console.tile_rows(drawn.columns, drawn.tiles.iter().copied());
        let rows = self.console.some_rows(drawn.history.iter().copied());
        let ghost = self.draw_ghost(dragging);
        let dialog = self.draw_dialog(&open);
        let inert = self.dialog_is_open();
        html! {
            <ContextProvider<Now> key="desk" context={Now(self.now)}>
                <div class={classes!("desk", dragging.then_some("dragging"), moving.then_some("moving"), pulling.then_some("pulling"))}>
                    <header {inert}>
                        <h1 class="unseen">{ page::FRONTDESK }</h1>
                        <SearchBox text={self.console.users.search.clone()} on={on.clone()} />
                        <TopBar
                            light={light.clone()}
                            user={settings.user.clone()}
                            extensions={self.console.mine().to_vec()}
                            selected={self.console.selected_extension().cloned()}
                            settings={open.reform(|()| Shown::Yes)}
                            on={on.clone()}
                        />
                    </header>
                    { self.draw_banner(&light) }
                    <main {inert}>
                        <Stream
                            cards={self.console.cards().into_iter().map(Rc::new).collect::<Vec<_>>()}
                            handed={self.console.handed_rows().into_iter().map(Rc::new).collect::<Vec<_>>()}
                            take_back={self.console.take_back()}
                            notes={self.console.loose_notes()}
                            on={on.clone()}
                        />
                        <DividerBar side={crate::panes::Side::Stream} size={settings.layout.stream} on={divide.clone()} />
                        <HistoryPane
                            rows={rows.into_iter().map(|(at, row)| (at, Rc::new(row))).collect::<Vec<_>>()}
                            tops={drawn.history.iter().map(|at| drawn.history_rows.top(*at)).collect::<Vec<_>>()}
                            height={drawn.history_rows.total()}
                            count={drawn.history_rows.count}
                            pane={self.lists.rows.clone()}
                            title={self.console.history_title()}
                            mine={self.console.history.person.is_none()}
                            loading={self.console.history.asked.is_some()}
                            more={self.console.history.more}
                            error={self.console.history.error.clone()}
                            search={self.console.history.search.clone()}
                            on={on.clone()}
                        />
                        <DividerBar side={crate::panes::Side::Left} size={settings.layout.left} on={divide} />
                        <Users
                            tops={tiles.iter().map(|row| drawn.tile_rows.top(row.at)).collect::<Vec<_>>()}
                            rows={tiles}
                            height={drawn.tile_rows.total()}
                            columns={drawn.columns}
                            found={self.console.found()}
                            pane={self.lists.tiles.clone()}
                            anchor={self.anchor.clone()}
                            filtered={!self.console.users.search.trim().is_empty()}
                            {moving}
                            on={on.clone()}
                        />
                    </main>
                    { dialog }
                    { ghost }
                </div>
            </ContextProvider<Now>>
        }
    }

    /// What stands above all panes: facts that are old, and what the server wants the person to know.
    fn draw_banner(&self, light: &frontdesk_console::LinkView) -> Html {
        use frontdesk_console::Lamp;
        let old = matches!(light.lamp, Lamp::Stale | Lamp::Offline).then(|| light.text.clone());
        let lines: Vec<String> = old.into_iter().chain(self.console.link.notice.clone()).collect();
        if lines.is_empty() {
            return html! { <div class="banner" hidden={true}></div> };
        }
        html! { <div class="banner">{ for lines.into_iter().map(|line| html! { <p>{ line }</p> }) }</div> }
    }

    fn draw_ghost(&self, dragging: bool) -> Html {
        if !dragging {
            return html! { <div class="ghost" hidden={true}></div> };
        }
        let card = self.console.cards().into_iter().find(|card| card.chosen);
        let card = card.map(|card| (card.title, card.number, self.console.preview()));
        let row = self.console.handed_rows().into_iter().find(|row| row.chosen);
        let row = row.map(|row| (row.title, row.number, None));
        match card.or(row) {
            Some((title, number, preview)) => html! {
                <DragLayer place={self.ghost.clone()} {title} {number} {preview} />
            },
            None => html! { <div class="ghost" hidden={true}></div> },
        }
    }

    fn draw_dialog(&self, open: &Callback<Shown>) -> Html {
        if let Some(question) = self.console.question() {
            // Another question takes the focus anew: Enter was not meant for it.
            let key = question.id.to_string();
            return html! { <Question {key} {question} on={self.happened.clone()} /> };
        }
        match self.settings {
            Shown::No => html! { <div hidden={true}></div> },
            Shown::Yes => html! {
                <SettingsDialog
                    settings={self.console.settings.clone()}
                    scheme={crate::settings::Drawn(self.scheme())}
                    close={open.reform(|()| Shown::No)}
                    on={self.happened.clone()}
                />
            },
        }
    }
}
