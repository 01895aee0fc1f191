#!/usr/bin/env bash
# A day of an administrator with the AWS CLI: a company is set up, works, changes, and is taken down again.
# Nothing here knows which endpoint it talks to: AWS_ENDPOINT_URL and the keys come from the environment.
set -euo pipefail

if [ $# -ne 1 ]; then
    echo "usage: day.sh ALIAS" >&2
    exit 2
fi
alias=$1
people=20
password='Correct-Horse-7-Staple'

say() {
    echo "$(date +%H:%M:%S) $*"
}

# One value of an answer.
ask() {
    aws workmail "$@" --output text
}

# A change that says nothing.
tell() {
    aws workmail "$@" >/dev/null
}

# A change that must be refused with this error.
refused() {
    local error=$1 said
    shift
    if said=$(aws workmail "$@" 2>&1); then
        echo "was not refused: $*" >&2
        exit 1
    fi
    grep -q "($error)" <<<"$said" || {
        echo "was refused otherwise: $*: $said" >&2
        exit 1
    }
}

same() {
    if [ "$1" != "$2" ]; then
        echo "$3: \"$1\" is not \"$2\"" >&2
        exit 1
    fi
}

wait_for() {
    local state
    for _ in $(seq 600); do
        state=$(ask describe-organization --organization-id "$organization" --query State)
        [ "$state" = "$1" ] && return
        sleep 0.2
    done
    echo "$organization never was $1" >&2
    exit 1
}

organization=$(ask create-organization --alias "$alias" --query OrganizationId)
wait_for Active
domain=$(ask describe-organization --organization-id "$organization" --query DefaultMailDomain)
of=(--organization-id "$organization")
say "$organization is active, with $domain"

# A domain, and the records for whoever runs its DNS.
tell register-mail-domain "${of[@]}" --domain-name "$alias.example.com"
aws workmail get-mail-domain "${of[@]}" --domain-name "$alias.example.com" --query 'Records[].[Hostname,Type,Value]' \
    --output table
refused MailDomainStateException update-default-mail-domain "${of[@]}" --domain-name "$alias.example.com"
same "$(ask list-mail-domains "${of[@]}" --query 'MailDomains[?DefaultDomain].DomainName')" "$domain" "default domain"

# People: created, then registered, which gives them an address and a mailbox.
users=()
for number in $(seq -w "$people"); do
    user=$(ask create-user "${of[@]}" --name "employee$number" --display-name "Employee $number" \
        --password "$password" --query UserId)
    tell register-to-work-mail "${of[@]}" --entity-id "$user" --email "employee$number@$domain"
    users+=("$user")
done
same "$(ask list-users "${of[@]}" --filters State=ENABLED --page-size 7 --query 'Users[].Id' | wc -w)" "$people" \
    "enabled users"
say "$people people have a mailbox"

# Groups, one in the other; never in itself.
staff=$(ask create-group "${of[@]}" --name staff --query GroupId)
sales=$(ask create-group "${of[@]}" --name sales --query GroupId)
for name in staff sales; do
    tell register-to-work-mail "${of[@]}" --entity-id "$name" --email "$name@$domain"
done
for user in "${users[@]:0:3}"; do
    tell associate-member-to-group "${of[@]}" --group-id "$sales" --member-id "$user"
done
tell associate-member-to-group "${of[@]}" --group-id "$staff" --member-id "$sales"
refused InvalidParameterException associate-member-to-group "${of[@]}" --group-id "$sales" --member-id "$staff"
tell disassociate-member-from-group "${of[@]}" --group-id "$sales" --member-id "${users[2]}"
same "$(ask list-group-members "${of[@]}" --group-id sales --query 'length(Members)')" 2 "members of sales"
same "$(ask describe-group "${of[@]}" --group-id "staff@$domain" --query State)" ENABLED "state of staff"

# A room whose bookings two people decide.
room=$(ask create-resource "${of[@]}" --name boardroom --type ROOM --query ResourceId)
tell register-to-work-mail "${of[@]}" --entity-id "$room" --email "boardroom@$domain"
for user in "${users[@]:0:2}"; do
    tell associate-delegate-to-resource "${of[@]}" --resource-id "$room" --entity-id "$user"
done
tell update-resource "${of[@]}" --resource-id "$room" --booking-options \
    AutoAcceptRequests=false,AutoDeclineRecurringRequests=true,AutoDeclineConflictingRequests=true
tell disassociate-delegate-from-resource "${of[@]}" --resource-id "$room" --entity-id "${users[1]}"
refused EntityStateException disassociate-delegate-from-resource "${of[@]}" --resource-id "$room" \
    --entity-id "${users[0]}"
same "$(ask list-resource-delegates "${of[@]}" --resource-id boardroom --query 'Delegates[].Id')" "${users[0]}" \
    "delegates"
same "$(ask describe-resource "${of[@]}" --resource-id "$room" --query BookingOptions.AutoAcceptRequests)" False \
    "the room answers by itself"

# Aliases, another address, permissions, more space, a forgotten password.
tell create-alias "${of[@]}" --entity-id "${users[0]}" --alias "info@$domain"
tell create-alias "${of[@]}" --entity-id "${users[0]}" --alias "mistake@$domain"
tell delete-alias "${of[@]}" --entity-id "${users[0]}" --alias "mistake@$domain"
same "$(ask list-aliases "${of[@]}" --entity-id "${users[0]}" --query Aliases)" "info@$domain" "aliases"
same "$(ask describe-entity "${of[@]}" --email "info@$domain" --query EntityId)" "${users[0]}" "whose info is"
tell update-user "${of[@]}" --user-id "${users[1]}" --last-name Two-Smith --job-title Lead
tell update-primary-email-address "${of[@]}" --entity-id "${users[1]}" --email "two.smith@$domain"
same "$(ask describe-user "${of[@]}" --user-id "employee02@$domain" --query Email)" "two.smith@$domain" "the new address"
tell put-mailbox-permissions "${of[@]}" --entity-id "${users[0]}" --grantee-id "${users[1]}" \
    --permission-values FULL_ACCESS SEND_ON_BEHALF
same "$(ask list-mailbox-permissions "${of[@]}" --entity-id "${users[0]}" --query 'Permissions[].GranteeId')" \
    "${users[1]}" "who may read the mailbox"
tell delete-mailbox-permissions "${of[@]}" --entity-id "${users[0]}" --grantee-id "${users[1]}"
tell update-mailbox-quota "${of[@]}" --user-id "${users[0]}" --mailbox-quota 10240
same "$(ask get-mailbox-details "${of[@]}" --user-id "${users[0]}" --query MailboxQuota)" 10240 "the quota"
tell reset-password "${of[@]}" --user-id "${users[1]}" --password "$password-2"
say "the day's changes are made"

# Everything goes again; what is enabled is not deleted.
refused EntityStateException delete-resource "${of[@]}" --resource-id "$room"
tell deregister-from-work-mail "${of[@]}" --entity-id "$room"
tell delete-resource "${of[@]}" --resource-id "$room"
for group in "$staff" "$sales"; do
    tell deregister-from-work-mail "${of[@]}" --entity-id "$group"
    tell delete-group "${of[@]}" --group-id "$group"
done
same "$(ask list-groups "${of[@]}" --query 'length(Groups)')" 0 "groups at the end"
same "$(ask list-resources "${of[@]}" --query 'length(Resources)')" 0 "resources at the end"
refused EntityStateException delete-user "${of[@]}" --user-id "${users[0]}"
for user in "${users[@]:0:3}"; do
    tell deregister-from-work-mail "${of[@]}" --entity-id "$user"
    tell delete-user "${of[@]}" --user-id "$user"
done
refused EntityNotFoundException describe-user "${of[@]}" --user-id "${users[0]}"
tell deregister-mail-domain "${of[@]}" --domain-name "$alias.example.com"
# The others go with the organization, and only by force.
refused OrganizationStateException delete-organization "${of[@]}" --delete-directory
same "$(ask delete-organization "${of[@]}" --delete-directory --force-delete --query State)" Deleting "the answer to deleting"
wait_for Deleted
refused OrganizationStateException delete-organization "${of[@]}" --delete-directory
same "$(ask list-organizations --query "OrganizationSummaries[?OrganizationId=='$organization'].State")" Deleted \
    "the tombstone"
say "the day is over"
