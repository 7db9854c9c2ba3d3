//! Pages for people.

use crate::harness::TestGateway;

#[tokio::test]
async fn pages_come_with_a_policy_that_lets_nothing_in_from_outside() {
    let gateway = TestGateway::start().await;
    for (path, media_type) in [
        ("/", "text/html; charset=utf-8"),
        ("/docs", "text/html; charset=utf-8"),
        ("/pages/docs.js", "text/javascript; charset=utf-8"),
        ("/pages/page.css", "text/css; charset=utf-8"),
        ("/pages/icon.svg", "image/svg+xml"),
        ("/problems", "text/html; charset=utf-8"),
        ("/openapi.json", "application/json"),
    ] {
        let answer = gateway.get(path).bare().send().await;
        assert_eq!(answer.status, 200, "{path}");
        assert_eq!(answer.header("content-type"), media_type, "{path}");
        let policy = answer.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'; script-src 'self'"), "{path}: {policy}");
        let tag = answer.header("etag");
        let again = gateway.get(path).bare().header("If-None-Match", tag).send().await;
        assert_eq!((again.status, again.body.len()), (304, 0), "{path}");
    }
}

#[tokio::test]
async fn every_problem_type_has_a_page_for_people_and_for_programs() {
    let gateway = TestGateway::start().await;
    let list = gateway.get("/problems").bare().send().await.text();
    let names: Vec<&str> = list.split("href=\"/problems/").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert!(names.len() > 30, "{names:?}");
    for name in names {
        let path = format!("/problems/{name}");
        let page = gateway.get(&path).bare().send().await;
        assert_eq!(page.header("content-type"), "text/html; charset=utf-8", "{name}");
        assert!(page.text().contains("<h2>What to do</h2>"), "{name}");
        let markdown = gateway.get(&path).bare().header("Accept", "text/markdown").send().await;
        assert_eq!(markdown.header("content-type"), "text/markdown; charset=utf-8", "{name}");
        assert!(markdown.text().contains(&format!("\"/problems/{name}\"")), "{name}");
    }
    gateway.get("/problems/no-such-type").bare().send().await.problem(404, "not-found");
}

#[tokio::test]
async fn the_description_that_is_served_is_the_one_that_is_published() {
    let gateway = TestGateway::start().await;
    let served = gateway.get("/openapi.json").bare().send().await.text();
    assert!(served == ponte_gateway::openapi::json(), "the description is not the same bytes every time");
}
