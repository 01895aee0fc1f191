//! The table of the operations that this door serves, one file for each family of them.
//!
//! An operation reads all of its input, calls exactly one operation of the domain, and writes the output. What it may not
//! answer by the documentation of AWS turns into what it may, here.

mod access_rules;
mod availability;
mod device_rules;
mod domains;
mod entities;
mod groups;
mod identity_providers;
mod impersonation;
mod mail_settings;
mod mailboxes;
mod organizations;
mod resources;
mod tags;
mod users;
mod words;

use std::pin::Pin;

use crate::call::Call;
use crate::faults::{Fault, Kind};
use crate::output::Output;

/// An answer in the making.
type Answer = Pin<Box<dyn Future<Output = Result<Output, Fault>> + Send>>;

/// What an error is where the documentation does not list it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Turn {
    /// Another error.
    Into(Kind),
    /// None: what is to be gone is gone.
    Done,
}

/// One operation of the API.
pub(crate) struct Operation {
    /// Its name, as `X-Amz-Target` has it after the service.
    pub(crate) name: &'static str,
    /// What its errors turn into.
    pub(crate) turns: &'static [(Kind, Turn)],
    run: fn(Call) -> Answer,
}

impl Operation {
    /// Does what is asked.
    pub(crate) async fn run(&self, call: Call) -> Result<Output, Fault> {
        let mut fault = match (self.run)(call).await {
            Ok(output) => return Ok(output),
            Err(fault) => fault,
        };
        for (kind, turn) in self.turns {
            if *kind == fault.kind {
                match turn {
                    Turn::Done => return Ok(Output::empty()),
                    Turn::Into(other) => fault.kind = *other,
                }
                break;
            }
        }
        Err(fault)
    }
}

macro_rules! operations {
    ($($name:literal: $family:ident::$function:ident $(, $from:ident => $into:ident)*;)*) => {
        /// All of them.
        pub(crate) const OPERATIONS: &[Operation] = &[$(Operation {
            name: $name,
            turns: &[$((Kind::$from, operations!(@turn $into))),*],
            run: |call| Box::pin($family::$function(call)),
        }),*];
    };
    (@turn done) => { Turn::Done };
    (@turn $kind:ident) => { Turn::Into(Kind::$kind) };
}

operations! {
    // A domain that another organization has proven is a matter of the input here.
    "CreateOrganization": organizations::create, MailDomainInUse => InvalidParameter;
    "DescribeOrganization": organizations::describe;
    "ListOrganizations": organizations::list;
    // Users that are still enabled are a matter of the organization here.
    "DeleteOrganization": organizations::delete, EntityState => OrganizationState;

    "RegisterMailDomain": domains::register;
    "DeregisterMailDomain": domains::deregister, MailDomainNotFound => done;
    "GetMailDomain": domains::get;
    "ListMailDomains": domains::list;
    "UpdateDefaultMailDomain": domains::update_default;

    "CreateUser": users::create, EntityState => ReservedName;
    "DescribeUser": users::describe;
    "ListUsers": users::list;
    "UpdateUser": users::update;
    "DeleteUser": users::delete, EntityNotFound => done;
    "ResetPassword": users::reset_password;

    "RegisterToWorkMail": entities::register;
    "DeregisterFromWorkMail": entities::deregister;
    "CreateAlias": entities::create_alias;
    "DeleteAlias": entities::delete_alias;
    "ListAliases": entities::list_aliases;
    "UpdatePrimaryEmailAddress": entities::update_primary_address, LimitExceeded => InvalidParameter;
    "DescribeEntity": entities::describe;
    "ListGroupsForEntity": entities::list_groups;

    "CreateGroup": groups::create, EntityState => ReservedName;
    "DescribeGroup": groups::describe;
    "ListGroups": groups::list;
    "UpdateGroup": groups::update;
    "DeleteGroup": groups::delete, EntityNotFound => done;
    "AssociateMemberToGroup": groups::add_member, LimitExceeded => InvalidParameter;
    "DisassociateMemberFromGroup": groups::remove_member;
    "ListGroupMembers": groups::list_members;

    "CreateResource": resources::create, EntityState => ReservedName;
    "DescribeResource": resources::describe;
    "ListResources": resources::list;
    "UpdateResource": resources::update;
    "DeleteResource": resources::delete, EntityNotFound => done;
    "AssociateDelegateToResource": resources::add_delegate, LimitExceeded => InvalidParameter;
    "DisassociateDelegateFromResource": resources::remove_delegate;
    "ListResourceDelegates": resources::list_delegates;

    "GetMailboxDetails": mailboxes::details;
    "UpdateMailboxQuota": mailboxes::update_quota;
    "PutMailboxPermissions": mailboxes::put_permissions, LimitExceeded => InvalidParameter;
    "DeleteMailboxPermissions": mailboxes::delete_permissions;
    "ListMailboxPermissions": mailboxes::list_permissions;

    "TagResource": tags::tag_resource, OrganizationNotFound => ResourceNotFound, LimitExceeded => TooManyTags;
    "UntagResource": tags::untag_resource, OrganizationNotFound => ResourceNotFound, InvalidParameter => Validation;
    "ListTagsForResource": tags::list_tags, OrganizationNotFound => ResourceNotFound, InvalidParameter => Validation;

    "PutAccessControlRule": access_rules::put;
    "DeleteAccessControlRule": access_rules::delete, InvalidParameter => Validation;
    "ListAccessControlRules": access_rules::list, InvalidParameter => Validation;
    "GetAccessControlEffect": access_rules::effect;

    "CreateMobileDeviceAccessRule": device_rules::create;
    "UpdateMobileDeviceAccessRule": device_rules::update;
    "DeleteMobileDeviceAccessRule": device_rules::delete;
    "ListMobileDeviceAccessRules": device_rules::list;
    "GetMobileDeviceAccessEffect": device_rules::effect;
    "PutMobileDeviceAccessOverride": device_rules::put_override, LimitExceeded => InvalidParameter;
    "GetMobileDeviceAccessOverride": device_rules::get_override;
    "DeleteMobileDeviceAccessOverride": device_rules::delete_override;
    "ListMobileDeviceAccessOverrides": device_rules::list_overrides;

    "CreateImpersonationRole": impersonation::create;
    "UpdateImpersonationRole": impersonation::update;
    "DeleteImpersonationRole": impersonation::delete;
    "GetImpersonationRole": impersonation::get;
    "ListImpersonationRoles": impersonation::list;
    "GetImpersonationRoleEffect": impersonation::effect;

    // A policy that is not there is a matter of the input here.
    "PutRetentionPolicy": mail_settings::put_retention, EntityNotFound => InvalidParameter;
    "GetDefaultRetentionPolicy": mail_settings::get_retention;
    "DeleteRetentionPolicy": mail_settings::delete_retention;
    "PutInboundDmarcSettings": mail_settings::put_dmarc, InvalidParameter => Validation;
    "DescribeInboundDmarcSettings": mail_settings::describe_dmarc, InvalidParameter => Validation;
    "PutEmailMonitoringConfiguration": mail_settings::put_monitoring;
    "DescribeEmailMonitoringConfiguration": mail_settings::describe_monitoring;
    "DeleteEmailMonitoringConfiguration": mail_settings::delete_monitoring;

    "CreateAvailabilityConfiguration": availability::create;
    "UpdateAvailabilityConfiguration": availability::update;
    "DeleteAvailabilityConfiguration": availability::delete, InvalidParameter => Validation;
    "ListAvailabilityConfigurations": availability::list;
    "TestAvailabilityConfiguration": availability::test;

    "CreateIdentityCenterApplication": identity_providers::create_application, LimitExceeded => InvalidParameter;
    "DeleteIdentityCenterApplication": identity_providers::delete_application;
    "PutIdentityProviderConfiguration": identity_providers::put;
    "DescribeIdentityProviderConfiguration": identity_providers::describe;
    "DeleteIdentityProviderConfiguration": identity_providers::delete;
    "ListPersonalAccessTokens": identity_providers::list_tokens;
    "GetPersonalAccessTokenMetadata": identity_providers::describe_token;
    "DeletePersonalAccessToken": identity_providers::delete_token;
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_operation_stands_here_twice() {
        let names: HashSet<_> = OPERATIONS.iter().map(|operation| operation.name).collect();
        assert_eq!(names.len(), OPERATIONS.len());
    }
}
