/** The one place outside routes that knows the router: what leaves Remix behind later changes here. */
export { Form, Link, NavLink, useLocation, useNavigation, useRevalidator } from '@remix-run/react';
