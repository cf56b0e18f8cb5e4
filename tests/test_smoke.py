def test_a_visitor_is_led_to_the_sign_in_page(app):
    reply = app.test_client().get("/", follow_redirects=True)

    assert reply.status_code == 200
    assert "Masuk" in reply.text
