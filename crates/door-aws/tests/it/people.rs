//! An organization and what tests do in it.

use serde_json::{Value, json};

use crate::world::{Reply, World};

/// An organization that is ready for use.
pub(crate) struct People {
    pub(crate) world: World,
    pub(crate) organization: String,
}

impl People {
    pub(crate) async fn new() -> Self {
        let world = World::new().await;
        let organization = world.organization("acme").await;
        Self { world, organization }
    }

    /// Calls an operation on the organization.
    pub(crate) async fn call(&self, operation: &str, mut input: Value) -> Reply {
        input["OrganizationId"] = json!(self.organization);
        self.world.call(operation, &input).await
    }

    pub(crate) async fn describe(&self, user: &str) -> Value {
        self.call("DescribeUser", json!({"UserId": user})).await.ok()
    }

    /// Calls an operation that succeeds and whose output has nothing.
    pub(crate) async fn done(&self, operation: &str, input: Value) {
        let reply = self.call(operation, input.clone()).await;
        assert_eq!(reply.json(), json!({}), "{operation} {input}");
    }

    /// The ids of new users, registered on the test domain.
    pub(crate) async fn enabled(&self, names: &[&str]) -> Vec<String> {
        let mut ids = Vec::new();
        for name in names {
            let id = self.world.user(&self.organization, name).await;
            let register = json!({"EntityId": id, "Email": format!("{name}@acme.mail.test")});
            self.done("RegisterToWorkMail", register).await;
            ids.push(id);
        }
        ids
    }
}
